"""What an owner turns on and off for a site: the review by a second person, and the banner itself."""

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.admin import settings, shell
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.db import transact
from consent.sites import stopping
from consent.sites.settings import require_review
from consent.sites.stopping import NameDiffers


@blueprint.post("/sites/<site_key>/settings/review")
@open_to(OWNERS)
def switch_review() -> AnyResponse:
    site, user, now, needed = shell.site(), shell.user(), clock.now(), request.form.get("needed") == "yes"

    def unit(connection: Connection) -> None:
        if require_review(connection, site.id, needed=needed):
            what = "review_turned_on" if needed else "review_turned_off"
            deeds.note(connection, user, what, now, site_id=site.id)

    transact(unit)
    return shell.to("site_settings", saved="review")


@blueprint.post("/sites/<site_key>/settings/stop")
@open_to(OWNERS)
def stop_site() -> AnyResponse:
    site, user, now, typed = shell.site(), shell.user(), clock.now(), request.form.get("typed", "")

    def unit(connection: Connection) -> None:
        if stopping.stop(connection, site, typed=typed, now=now):
            deeds.note(connection, user, "site_stopped", now, site_id=site.id)

    try:
        transact(unit)
    except NameDiffers as error:
        return settings.again(error, typed=typed)
    return shell.to("site_settings", saved="stopped")


@blueprint.post("/sites/<site_key>/settings/start")
@open_to(OWNERS)
def start_site() -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> None:
        if stopping.start(connection, site.id):
            deeds.note(connection, user, "site_started", now, site_id=site.id)

    transact(unit)
    return shell.to("site_settings", saved="started")
