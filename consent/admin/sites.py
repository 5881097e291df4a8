"""A new site, and the form that its settings share."""

from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, sites
from consent.accounts import deeds, roles
from consent.admin import shell
from consent.admin.rules import SITE_CREATORS, open_to
from consent.admin.shell import blueprint
from consent.db import transact
from consent.sites import Site, SiteInvalid, values
from consent.sites.settings import settings_of

FIELDS = ("name", "origins", "cookie_domain")


@blueprint.get("/sites/new")
@open_to(SITE_CREATORS)
def new_site() -> AnyResponse:
    return _page(dict.fromkeys(FIELDS, ""))


@blueprint.post("/sites/new")
@open_to(SITE_CREATORS)
def create_site() -> AnyResponse:
    """Whoever makes it owns it."""
    form, user, now = typed(), shell.user(), clock.now()

    def unit(connection: Connection) -> Site:
        made = sites.create(connection, **wanted, now=now)
        roles.grant(connection, user_id=user.id, site_id=made.id, role=roles.OWNER, now=now)
        about = {name: value for name, value in settings_of(made).items() if value}
        deeds.note(connection, user, "site_created", now, site_id=made.id, **about)
        return made

    try:
        wanted = checked(form)
        made = transact(unit)
    except SiteInvalid as error:
        return _page(form, error)
    return shell.to("site", site_key=made.key)


def _page(form: dict[str, str], error: SiteInvalid | None = None) -> AnyResponse:
    return shell.page("new_site.html", error.status if error else 200, form=form, errors=wrong(error))


def typed() -> dict[str, str]:
    """As it came, for showing it again."""
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in FIELDS}


def checked(form: dict[str, str]) -> dict[str, Any]:
    """As it is kept. Raises SiteInvalid."""
    name = values.normal_name(form["name"])
    origins = values.normal_origins(values.typed_origins(form["origins"]))
    domain = values.normal_domain(form["cookie_domain"])
    values.check_cookie_domain(domain, origins, shell.settings().public_url)
    return {"name": name, "origins": origins, "cookie_domain": domain}


def wrong(error: SiteInvalid | None) -> dict[str, str]:
    """{field: what to do}"""
    if error is None:
        return {}
    return {error.field: shell.text(f"sites.wrong.{error.reason}").format(value=error.value)}
