"""What is kept about a visitor: a page with every choice and its receipt, and all of it as a file.

A platform on another domain than the site does not see the site's cookie. So the banner hands the visitor's token over
in a form, and the page remembers it as it does after a choice of its own.
"""

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.clock import from_ms, to_ms, wire
from consent.db import db
from consent.http import LARGEST_BODY
from consent.plain_pages import refusals
from consent.plain_pages.words import in_language, in_words
from consent.policies import wording
from consent.records import history, keeping
from consent.records.lookup import policies_in_memory
from consent.signing import VisitorTokenInvalid
from consent.sites import Site, cors
from consent.sites.lookup import by_key
from consent.visitors import pages

blueprint = Blueprint("history", __name__)
blueprint.after_request(pages.allow_no_script)
refusals.answer_for(blueprint)


@blueprint.get("/settings/<site_key>/history")
def show(site_key: str) -> Response:
    site = by_key(site_key)
    version = policies_in_memory().published(site).policy_version
    document = policies_in_memory().document(version)
    language = pages.language_of(document["languages"])
    records = _listed(site, document)
    page = render_template(
        "visitors/history.html",
        site=site,
        version=version,
        words=wording.compose(document, language, ""),
        ours=in_language(language),
        records=[_row(record, language) for record in records],
        older=records[-1].id if len(records) == history.PAGE else None,
    )
    return pages.personal(page)


@blueprint.post("/settings/<site_key>/history")
def hand_over(site_key: str) -> AnyResponse:
    """From the banner. A token that a page of the site did not send makes nobody known: it could be somebody else's."""
    request.max_content_length = LARGEST_BODY
    site, token = by_key(site_key), request.form.get("visitor", "")
    response = redirect(url_for(".show", site_key=site.key, lang=request.args.get("lang")), 303)
    try:
        cors.check_origin(site, request)
        keeping.tokens().open(site.key, token)
    except (cors.OriginUnknown, VisitorTokenInvalid):
        return response
    pages.remember(response, site, token)
    return response


@blueprint.get("/settings/<site_key>/history.json")
def download(site_key: str) -> Response:
    site = by_key(site_key)
    visitor_id = _visitor(site, _document(site))
    records: list[dict[str, Any]] = []
    if visitor_id is not None:
        with db.engine.connect() as connection:
            records = list(history.everything(connection, site.id, visitor_id))
    made = {"site": site.key, "made_at": wire(to_ms(clock.now())), "records": records}
    response = Response(orjson.dumps(made, option=orjson.OPT_INDENT_2), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{site.key}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _document(site: Site) -> dict[str, Any]:
    return policies_in_memory().document(policies_in_memory().published(site).policy_version)


def _visitor(site: Site, document: dict[str, Any]) -> str | None:
    return pages.visitor_of(site, document["consent"]["cookie"])


def _listed(site: Site, document: dict[str, Any]) -> list[history.Listed]:
    visitor_id = _visitor(site, document)
    if visitor_id is None:
        return []
    before = request.args.get("before", type=int)
    with db.engine.connect() as connection:
        return history.of_visitor(connection, site.id, visitor_id, before=before)


def _row(record: history.Listed, language: str) -> dict[str, str]:
    return {
        "decision": record.decision,
        "token": keeping.receipt_tokens().issue(record.record_id),
        "received_time": wire(record.received_ms),
        "at": in_words(from_ms(record.received_ms), language),
    }
