"""The site's own privacy policy, each version at an address of its own."""

from itertools import pairwise

from flask import Blueprint, Response, make_response, render_template, request, url_for

from consent import clock
from consent.db import db
from consent.disclosure.pages import for_everybody
from consent.disclosure.subject import ROOM
from consent.notices import comparing, register
from consent.notices.register import Notice, NoticeUnknown
from consent.plain_pages import refusals
from consent.plain_pages.words import in_language, pick_language, wishes
from consent.policies import wording
from consent.records.lookup import policies_in_memory
from consent.sites import Site
from consent.sites.lookup import by_key

blueprint = Blueprint("notices", __name__)
refusals.answer_for(blueprint)
blueprint.after_request(for_everybody)


@blueprint.get("/notices/<site_key>")
def current(site_key: str) -> Response:
    """What is in force today."""
    site = by_key(site_key)
    found = _of(site)
    today = clock.day_in_japan(clock.now()).isoformat()
    return _page(site, next((each for each in found if each.effective_on <= today), None), found)


@blueprint.get("/notices/<site_key>/<version>")
def of_version(site_key: str, version: str) -> Response:
    site = by_key(site_key)
    found = _of(site)
    return _page(site, next((each for each in found if each.version == version), None), found)


def _of(site: Site) -> list[Notice]:
    """In the reader's language, the newest first."""
    with db.engine.connect() as connection:
        everything = register.of_site(connection, site.id)
    languages = list(dict.fromkeys(each.language for each in everything))
    language = pick_language(languages, wishes(request)) or (languages or [""])[0]
    return [each for each in everything if each.language == language]


def _page(site: Site, shown: Notice | None, versions: list[Notice]) -> Response:
    """Raises NoticeUnknown."""
    if shown is None:
        raise NoticeUnknown(request.path.rpartition("/")[2])
    before = next((older for newer, older in pairwise(versions) if newer.id == shown.id), None)
    document = policies_in_memory().document(policies_in_memory().published(site).policy_version)
    controller = document["controller"]["name"]
    page = render_template(
        "disclosure/notice.html",
        site=site,
        version=policies_in_memory().published(site).policy_version,
        controller=controller.get(shown.language) or next(iter(controller.values())),
        page_language=shown.language,
        page_direction=wording.direction(shown.language),
        said=in_language(shown.language, ROOM),
        notice=shown,
        versions=versions,
        changes=list(comparing.lines(before.text, shown.text)) if before else [],
        address=url_for(".of_version", site_key=site.key, version=shown.version, lang=shown.language, _external=False),
    )
    return make_response(page)
