"""The settings page: the banner's second layer as a plain form, for browsers without JavaScript."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, own_page
from consent.clock import parse_wire
from consent.config import Config
from consent.db import db, transact
from consent.http import LARGEST_BODY
from consent.metrics import RECORDS
from consent.plain_pages import refusals
from consent.plain_pages.theme import stylesheet
from consent.plain_pages.words import in_language, in_words, pick_language, wishes
from consent.policies import wording
from consent.policies.locales import separator
from consent.records import consent_cookie, keeping, recording, state
from consent.records.lookup import policies_in_memory
from consent.records.rules import Rules
from consent.security import SCRIPTLESS_POLICY
from consent.signing import VisitorTokenInvalid
from consent.sites import Site
from consent.sites.lookup import by_key
from consent.visitors import settings

blueprint = Blueprint("visitors", __name__)
refusals.answer_for(blueprint)

IMMUTABLE = "public, max-age=31536000, immutable"
COOKIE = "consent_visitor"
_COOKIE_DAYS = 400


def language_of(languages: list[str]) -> str:
    return pick_language(languages, wishes(request)) or languages[0]


def visitor_of(site: Site, site_cookie: str) -> str | None:
    """Who the banner's cookie says they are, where the browser shows it to us; else who they were on this page."""
    tokens = (consent_cookie.token_in(request.cookies.get(site_cookie, "")), request.cookies.get(COOKIE, ""))
    for token in filter(None, tokens):
        try:
            return keeping.tokens().open(site.key, token)
        except VisitorTokenInvalid:
            continue  # of another site, or a key that was retired: they decide anew
    return None


def _current(site: Site, visitor_id: str | None) -> dict[str, Any] | None:
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
    version = policies_in_memory().published(site).policy_version
    document = policies_in_memory().document(version)
    language = language_of(document["languages"])
    current = _current(site, visitor_of(site, document["consent"]["cookie"]))
    page = render_template(
        "visitors/settings.html",
        site=site,
        version=version,
        record_id=settings.new_record_id(),
        words=wording.compose(document, language, ""),
        ours=in_language(language),
        separator=separator(language),
        languages={language: wording.language_name(language) for language in document["languages"]},
        state=current,
        stopped=site.stopped_ms is not None,
        agreed=current is not None and settings.agrees(current["categories"]),
        decided_at=in_words(parse_wire(current["decided_at"]), language) if current else None,
        gpc=request.headers.get("Sec-GPC") == "1",
        saved="saved" in request.args,
    )
    return personal(page)


def personal(page: str) -> Response:
    """A page with a form, about one visitor."""
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    # With "no-referrer" browsers send `Origin: null` along with the form, and we could not tell it from a foreign one.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@blueprint.get("/settings/<site_key>/<version>.css")
def theme(site_key: str, version: str) -> Response:
    rules = policies_in_memory().rules(by_key(site_key).id, version)
    response = Response(stylesheet(policies_in_memory().document(rules.version)["theme"]), mimetype="text/css")
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@blueprint.post("/settings/<site_key>")
def save(site_key: str) -> AnyResponse:
    request.max_content_length = LARGEST_BODY
    refuse_foreign_forms()
    site = by_key(site_key)
    keeping.limit().hit()
    # The version that the visitor saw, which may no longer be the current one: the record says what was shown.
    rules = policies_in_memory().rules(site.id, request.form.get("policy_version", ""))
    language = language_of(policies_in_memory().document(rules.version)["languages"])
    row = _store(site, rules, _sent(rules, language))
    token = keeping.tokens().issue(site.key, row["visitor_id"])
    response = redirect(url_for(".show", site_key=site.key, lang=language, saved=""), 303)
    remember(response, site, token)
    keeping.set_site_cookie(response, site, rules, row, token)
    return response


def refuse_foreign_forms() -> None:
    config: Config = current_app.extensions["consent.config"]
    own_page.check(request.headers, {config.public_url, f"{request.scheme}://{request.host}"})


def _sent(rules: Rules, language: str) -> dict[str, Any]:
    form = request.form
    chosen, record_id = form.getlist("service"), form.get("record_id")
    return settings.decide(rules, form.get("action", ""), chosen, record_id=record_id, language=language)


def _store(site: Site, rules: Rules, sent: dict[str, Any]) -> dict[str, Any]:
    try:
        row = _record(site, rules, sent)
    except recording.RecordConflict:
        # They went back to a page that was kept, and chose differently: a decision of its own.
        row = _record(site, rules, {**sent, "record_id": settings.new_record_id()})
    RECORDS.labels(sent["decision"], sent["source"]).inc()
    return row


def _record(site: Site, rules: Rules, sent: dict[str, Any]) -> dict[str, Any]:
    visitor_id = visitor_of(site, rules.cookie)
    row = keeping.row(site, sent, rules, request, visitor_id=visitor_id, now=clock.now())
    unit = recording.unit(row, site=site, material_since=rules.material_since, new_visitor=visitor_id is None)
    return transact(unit).row


def remember(response: AnyResponse, site: Site, token: str) -> None:
    """Who they are, on these pages."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=_COOKIE_DAYS * 86_400,
        path=url_for("visitors.show", site_key=site.key),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


@blueprint.after_request
def allow_no_script(response: AnyResponse) -> AnyResponse:
    response.headers["Content-Security-Policy"] = SCRIPTLESS_POLICY
    return response
