"""The form with which a visitor has erased what is kept about them: a page that says what goes and what stays, and a button."""

from flask import Blueprint, Response, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.clock import from_ms
from consent.db import transact
from consent.plain_pages import refusals
from consent.plain_pages.words import in_language, in_words
from consent.policies import wording
from consent.records import keeping
from consent.records.lookup import policies_in_memory
from consent.sites import Site
from consent.sites.lookup import by_key
from consent.visitors import pages, requests
from consent.visitors.jobs import hours

blueprint = Blueprint("erasure", __name__)
blueprint.after_request(pages.allow_no_script)
refusals.answer_for(blueprint)


@blueprint.get("/settings/<site_key>/erase")
def show(site_key: str) -> Response:
    return _page(by_key(site_key), asked=None)


@blueprint.post("/settings/<site_key>/erase")
def erase(site_key: str) -> AnyResponse:
    pages.refuse_foreign_forms()
    site = by_key(site_key)
    keeping.limit().hit()
    visitor_id = _visitor(site)
    if visitor_id is None:
        return _page(site, asked=None)
    asked = transact(requests.unit(site.id, visitor_id, hours=hours(), now=clock.now()))
    response = _page(site, asked=asked)
    # What they choose from now on is the choice of somebody new.
    response.delete_cookie(pages.COOKIE, path=url_for("visitors.show", site_key=site.key))
    return response


def _visitor(site: Site) -> str | None:
    document = policies_in_memory().document(policies_in_memory().published(site).policy_version)
    return pages.visitor_of(site, document["consent"]["cookie"])


def _page(site: Site, *, asked: requests.Asked | None) -> Response:
    version = policies_in_memory().published(site).policy_version
    document = policies_in_memory().document(version)
    language = pages.language_of(document["languages"])
    ours = in_language(language)
    page = render_template(
        "visitors/erase.html",
        site=site,
        version=version,
        words=wording.compose(document, language, ""),
        ours=ours,
        known=_visitor(site) is not None,
        said=None if asked is None else _said(asked, ours["erase"], language),
    )
    return pages.personal(page)


def _said(asked: requests.Asked, words: dict[str, str], language: str) -> str:
    if asked.due_ms is None:
        return words["held"]
    return words["requested"].format(by=in_words(from_ms(asked.due_ms), language))
