"""Putting the tag into a site, and looking whether it is there."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from sqlalchemy import Connection

from consent.admin import shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.banner import snippets
from consent.db import db
from consent.policies import publish
from consent.ratelimit import Limit
from consent.records import arrivals
from consent.sites import Site
from consent.sites.fetching import PageNotFetched, fetch
from consent.sites.installed import Check, judge

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Progress:
    """How far a site is; None where it has not come to it."""

    published_ms: int | None
    received_ms: int | None


def progress(connection: Connection, site_id: int) -> Progress:
    published = publish.current(connection, site_id)
    return Progress(published.published_ms if published else None, arrivals.last_received_ms(connection, site_id))


@blueprint.get("/sites/<site_key>/install")
@open_to(READERS)
def install() -> Response:
    return _page()


@blueprint.post("/sites/<site_key>/install")
@open_to(EDITORS)
def look_at_page() -> Response:
    """Fetches a page of the site, so it is counted: nobody makes this server ask others as often as they like."""
    limit: Limit = current_app.extensions["consent.fetch.limit"]
    limit.hit()
    site, origin = shell.site(), request.form.get("origin", "")
    try:
        checks, address = _look(site, origin)
    except PageNotFetched as error:
        said = shell.text(f"install.not_fetched.{error.reason}").format(value=error.value)
        return _page(origin=origin, not_fetched=said)
    return _page(origin=origin, checks=checks, address=address)


def _look(site: Site, origin: str) -> tuple[list[Check], str]:
    """Raises PageNotFetched."""
    page = fetch(origin, site.origins, development=is_development())
    script = snippets.script_address(shell.settings().public_url, site.key)
    return judge(page.text, address=page.address, script=script), page.address


def is_development() -> bool:
    """Whether sites of this machine may be fetched: the platform is one itself."""
    return urlsplit(shell.settings().public_url).hostname in _LOOPBACK


def _page(**result: Any) -> Response:
    site, platform = shell.site(), shell.settings().public_url
    variant = request.args.get("for", "")
    variant = variant if variant in snippets.VARIANTS else snippets.VARIANTS[0]
    with db.engine.connect() as connection:
        reached = progress(connection, site.id)
    return shell.page(
        "install.html",
        section="install",
        variants=snippets.VARIANTS,
        variant=variant,
        snippet=snippets.snippet(variant, platform, site.key),
        link=snippets.link(platform, site.key, shell.text("install.link_text")),
        progress=reached,
        **result,
    )
