"""The sites of a user."""

from typing import NoReturn

from flask import Response
from werkzeug.exceptions import NotFound

from consent import clock, sites
from consent.accounts import roles
from consent.admin import dashboard, registers, shell
from consent.admin.install import progress
from consent.admin.rules import ANYBODY, READERS, SIGNED_IN, open_to
from consent.admin.shell import blueprint
from consent.db import db


@blueprint.get("/")
@open_to(SIGNED_IN)
def home() -> Response:
    with db.engine.connect() as connection:
        mine = roles.sites_of(connection, shell.user().id, clock.now())
        found = [(site, mine[site.id]) for site in sites.everyone(connection) if site.id in mine]
    return shell.page("home.html", sites=sorted(found, key=lambda pair: pair[0].name.lower()))


@blueprint.route("/<path:address>", methods=["GET", "POST"])
@open_to(ANYBODY)
def nowhere(**_address: str) -> NoReturn:
    """Whatever else somebody types or sends gets a page, in their language, and not what a program is told."""
    raise NotFound


@blueprint.get("/sites/<site_key>/")
@open_to(READERS)
def site() -> Response:
    with db.engine.connect() as connection:
        reached = progress(connection, shell.site().id)
    return shell.page(
        "site.html",
        section="site",
        progress=reached,
        warnings=registers.warnings(),
        numbers=dashboard.numbers(shell.site()),
        categories=dashboard.categories(shell.site()),
    )
