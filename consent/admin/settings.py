"""The settings of a site."""

from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, sites
from consent.accounts import deeds
from consent.admin import shell
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.admin.sites import checked, typed, wrong
from consent.db import db, transact
from consent.errors import ConsentError
from consent.sites import Site, SiteInvalid
from consent.sites.settings import SiteChanged, change, edition

SAVED = ("settings", "review", "stopped", "started")


@blueprint.get("/sites/<site_key>/settings")
@open_to(OWNERS)
def site_settings() -> AnyResponse:
    saved = request.args.get("saved", "")
    said = shell.text(f"settings.done.{saved}") if saved in SAVED else None
    return _page(_kept(shell.site()), edition(shell.site()), said=said)


def again(error: ConsentError, **more: Any) -> AnyResponse:
    """As it is, with what did not go well."""
    site = shell.site()
    return _page(_kept(site), edition(site), error.status, problem=shell.explained(error), **more)


@blueprint.post("/sites/<site_key>/settings")
@open_to(OWNERS)
def change_settings() -> AnyResponse:
    form, read, site, user, now = typed(), request.form.get("edition", ""), shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> None:
        changed = change(connection, site.id, read=read, **wanted)
        if changed:
            deeds.note(connection, user, "site_changed", now, site_id=site.id, **changed)

    try:
        wanted = checked(form)
        transact(unit)
    except SiteInvalid as error:
        return _page(form, read, error.status, errors=wrong(error))
    except SiteChanged as error:
        return _merge(form, error)
    return shell.to("site_settings", saved="settings")


def _merge(form: dict[str, str], error: SiteChanged) -> AnyResponse:
    """What they have typed stays; beside it stands what is saved now, and saving again is saving over that."""
    with db.engine.connect() as connection:
        site = sites.find(connection, shell.site().key)
    return _page(form, edition(site), error.status, theirs=_kept(site), problem=shell.explained(error))


def _kept(site: Site) -> dict[str, str]:
    origins = "\n".join(sorted(site.origins))
    return {"name": site.name, "origins": origins, "cookie_domain": site.cookie_domain or ""}


def _page(form: dict[str, str], read: str, status: int = 200, **more: Any) -> AnyResponse:
    return shell.page("settings.html", status, section="site_settings", form=form, edition=read, **more)
