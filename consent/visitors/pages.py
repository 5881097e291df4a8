"""The settings page: the banner's second layer as a plain form, for browsers without JavaScript."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.db import db, transact
from consent.policies import wording
from consent.records import keeping, recording, state
from consent.records.lookup import policies_in_memory
from consent.signing import VisitorTokenInvalid
from consent.sites import Site
from consent.sites.lookup import by_key
from consent.visitors import settings

blueprint = Blueprint("visitors", __name__)

_COOKIE = "consent_visitor"
_COOKIE_DAYS = 400


def _language(document: dict[str, Any]) -> str:
    """What the address asks for, else what the browser prefers, else the site's default."""
    languages: list[str] = document["languages"]
    asked = request.args.get("lang", "").lower()
    return asked if asked in languages else request.accept_languages.best_match(languages) or languages[0]


def _document(site: Site) -> dict[str, Any]:
    return policies_in_memory().document(policies_in_memory().published(site).policy_version)


def _visitor(site: Site) -> str | None:
    try:
        return keeping.tokens().open(site.key, request.cookies.get(_COOKIE, ""))
    except VisitorTokenInvalid:
        return None  # a first visit, or a key that was retired: they decide anew


def _current(site: Site) -> dict[str, Any] | None:
    visitor_id = _visitor(site)
    if visitor_id is None:
        return None
    with db.engine.connect() as connection:
        found = state.current(
            connection,
            site_id=site.id,
            visitor_id=visitor_id,
            material_since=policies_in_memory().published(site).material_since,
            now=clock.now(),
        )
    return found if found and found["valid"] else None


@blueprint.get("/settings/<site_key>")
def show(site_key: str) -> Response:
    site = by_key(site_key)
    document = _document(site)
    language = _language(document)
    page = render_template(
        "visitors/settings.html",
        site=site,
        words=wording.compose(document, language, ""),
        languages={language: wording.language_name(language) for language in document["languages"]},
        state=_current(site),
        saved="saved" in request.args,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _refuse_other_origins() -> None:
    """Every browser says where a form was sent from; a form on another site must not decide for the visitor."""
    origin, fetched_from = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if fetched_from not in (None, "same-origin") or origin not in (None, request.host_url.rstrip("/")):
        abort(403, "This form must be sent from its own page.")


@blueprint.post("/settings/<site_key>")
def save(site_key: str) -> AnyResponse:
    _refuse_other_origins()
    site = by_key(site_key)
    action = request.form.get("action", "")
    if action not in settings.ACTIONS:
        abort(400, "The form names no decision.")
    keeping.limit().hit()
    rules = policies_in_memory().rules(site.id, policies_in_memory().published(site).policy_version)
    language, now = _language(_document(site)), clock.now()
    sent = settings.decide(rules, action, request.form.getlist("service"), language=language, now=now)
    visitor_id = _visitor(site)
    row = keeping.row(site, sent, rules, request, visitor_id=visitor_id, now=now)
    stored = transact(recording.unit(row, material_since=rules.material_since, new_visitor=visitor_id is None))
    response = redirect(url_for(".show", site_key=site.key, lang=language, saved=""), 303)
    token = keeping.tokens().issue(site.key, stored.row["visitor_id"])
    response.set_cookie(
        _COOKIE,
        token,
        max_age=_COOKIE_DAYS * 86_400,
        path=url_for(".show", site_key=site.key),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    keeping.set_site_cookie(response, site, rules, stored.row, token)
    return response
