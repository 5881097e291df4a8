"""What a visitor reads where their request cannot be answered: a page in their language, with the code for developers."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from consent.db import OUTAGES
from consent.errors import ConsentError, DatabaseUnavailable
from consent.plain_pages.words import REFERENCE, in_language, page_words, pick_language, wishes
from consent.policies.wording import direction

# The code of an error → the words for it; what is not named here is a form that does not fit.
_WORDS = {
    "site_unknown": "missing",
    "nothing_published": "missing",
    "version_unknown": "missing",
    "statement_unknown": "missing",
    "notice_unknown": "missing",
    "receipt_unknown": "receipt_missing",
    "form_foreign": "foreign",
    "rate_limited": "busy",
    "database_unavailable": "unavailable",
    "site_stopped": "stopped",
}


def answer_for(blueprint: Blueprint) -> None:
    """Whatever goes wrong in these views is answered with a page."""
    blueprint.register_error_handler(ConsentError, of_error)
    blueprint.register_error_handler(HTTPException, of_http)
    for outage in OUTAGES:
        blueprint.register_error_handler(outage, of_outage)


def of_error(error: ConsentError) -> Response:
    return _page(error.status, error.code, error.headers)


def of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    return _page(status, status.name.lower(), {})


def of_outage(_error: Exception) -> Response:
    return of_error(DatabaseUnavailable())


def _page(status: int, code: str, headers: Mapping[str, str]) -> Response:
    language = pick_language(page_words(), wishes(request)) or REFERENCE  # there may be no site to ask
    kind = _WORDS.get(code, "invalid")
    page = render_template(
        "plain_pages/refused.html",
        language=language,
        dir=direction(language),
        words=in_language(language),
        said=in_language(language)[kind],
        site_key=None if kind == "missing" else (request.view_args or {}).get("site_key"),
        code=code,
    )
    return Response(page, status, {**headers, "Cache-Control": "no-store"})
