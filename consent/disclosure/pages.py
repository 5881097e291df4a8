"""The statements of a site, for everybody: as pages without script, and as JSON for the script that embeds them."""

from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from consent import clock
from consent.clock import from_ms, wire
from consent.config import Config
from consent.db import db
from consent.disclosure import statements
from consent.disclosure.subject import ROOM, Check, Links
from consent.plain_pages import refusals
from consent.plain_pages.words import in_language, in_words, pick_language, wishes
from consent.policies import publish, wording
from consent.policies.publish import Publication, VersionUnknown
from consent.records.lookup import policies_in_memory
from consent.registers import holding, transfers
from consent.security import SCRIPTLESS_POLICY
from consent.sites import Site
from consent.sites.lookup import by_key

blueprint = Blueprint("disclosure", __name__)
refusals.answer_for(blueprint)

FRESH = "public, max-age=300"
_SCRIPT_SAYS = ("on", "off", "undecided", "open")


@blueprint.get("/statements/<site_key>")
def index(site_key: str) -> Response:
    site = by_key(site_key)
    publication = policies_in_memory().published(site)
    with db.engine.connect() as connection:
        earlier = publish.history(connection, site.id)
    return _page("disclosure/index.html", site, publication, earlier=[_dated(each) for each in earlier])


@blueprint.get("/statements/<site_key>/<kind>")
def current(site_key: str, kind: str) -> Response:
    site = by_key(site_key)
    return _statement_page(site, policies_in_memory().published(site), kind, is_current=True)


@blueprint.get("/statements/<site_key>/<kind>/<version>")
def of_version(site_key: str, kind: str, version: str) -> Response:
    """The permanent link: what the site stated with this policy version."""
    site = by_key(site_key)
    publication = _published(site, version)
    newest = policies_in_memory().published(site)
    return _statement_page(site, publication, kind, is_current=version == newest.policy_version)


@blueprint.get("/statements/<site_key>/<kind>.json")
def as_json(site_key: str, kind: str) -> Response:
    site = by_key(site_key)
    publication = policies_in_memory().published(site)
    document, language = _read(publication)
    made = statements.make(kind, document, language, _links(site, language), _checks(site))
    body = {**asdict(made), **_about(site, publication, kind), "words": _words(language)}
    response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _statement_page(site: Site, publication: Publication, kind: str, *, is_current: bool) -> Response:
    document, language = _read(publication)
    checks = _checks(site) if is_current else statements.NO_CHECKS
    made = statements.make(kind, document, language, _links(site, language), checks)
    return _page("disclosure/statement.html", site, publication, statement=made, is_current=is_current)


def _page(template: str, site: Site, publication: Publication, **values: Any) -> Response:
    document, language = _read(publication)
    said = in_language(language, ROOM)
    page = render_template(
        template,
        site=site,
        version=publication.policy_version,
        published=in_words(from_ms(publication.published_ms), language),
        controller=document["controller"]["name"][language],
        inquiry=document["controller"]["inquiry_url"] and document["controller"]["inquiry_url"][language],
        page_language=language,
        page_direction=wording.direction(language),
        said=said,
        kinds=statements.KINDS,
        languages={each: wording.language_name(each) for each in statements.languages(document)},
        **values,
    )
    return make_response(page)


def _published(site: Site, version: str) -> Publication:
    with db.engine.connect() as connection:
        found = publish.latest_of(connection, site.id, version)
    if found is None:
        raise VersionUnknown(version)
    return found


def _read(publication: Publication) -> tuple[dict[str, Any], str]:
    document = policies_in_memory().document(publication.policy_version)
    available = statements.languages(document)
    return document, pick_language(available, wishes(request)) or available[0]


def _checks(site: Site) -> dict[str, Check]:
    today = clock.day_in_japan(clock.now())
    found = holding.newest(site.id)
    return {each.service_id: Check(each, held=each.standing(today) == transfers.HELD) for each in found}


def _links(site: Site, language: str) -> Links:
    pages = {name: f"{name}.show" for name in ("history", "erasure")}
    to = {name: url_for(endpoint, site_key=site.key, lang=language) for name, endpoint in pages.items()}
    return Links(
        settings=_public(url_for("visitors.show", site_key=site.key, lang=language)),
        history=_public(to["history"]),
        erase=_public(to["erasure"]),
        gpc=_public("/.well-known/gpc.json"),
    )


def _public(path: str) -> str:
    config: Config = current_app.extensions["consent.config"]
    return f"{config.public_url}{path}"


def _about(site: Site, publication: Publication, kind: str) -> dict[str, str]:
    permalink = url_for(".of_version", site_key=site.key, kind=kind, version=publication.policy_version)
    return {
        "policy_version": publication.policy_version,
        "published_at": wire(publication.published_ms),
        "permalink": _public(permalink),
    }


def _words(language: str) -> dict[str, str]:
    """What the script that embeds a statement says itself."""
    said = in_language(language, ROOM)
    return {"permalink": said["permalink"], **{name: said["choices"][name] for name in _SCRIPT_SAYS}}


def _dated(publication: Publication) -> dict[str, str]:
    moment = wire(publication.published_ms)
    return {"version": publication.policy_version, "day": moment[:10], "moment": moment}


@blueprint.after_request
def for_everybody(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SCRIPTLESS_POLICY
    response.headers.setdefault("Cache-Control", FRESH)
    response.vary.add("Accept-Language")
    return response
