"""How long a site's records are kept, what a run would take now, and the legal hold."""

from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, jobs
from consent.admin import shell
from consent.admin.rules import OWNERS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.retention import jobs as retention_jobs
from consent.retention import orders, purge, rules

SAVED = ("rule", "held", "released", "run")
RUNS_SHOWN = 10


class RetentionTakes(ConsentError):
    """Not without a second look: what is erased does not come back."""

    status = 409
    code = "retention_takes"

    def __init__(self, records: int) -> None:
        self.records = records
        super().__init__(f"{records} more records would be past their date. Nothing is saved yet.")


@blueprint.get("/sites/<site_key>/retention")
@open_to(READERS)
def retention() -> AnyResponse:
    saved = request.args.get("saved", "")
    return _page(said=shell.text(f"retention.done.{saved}") if saved in SAVED else None)


def _page(error: ConsentError | None = None, **more: Any) -> AnyResponse:
    site_id = shell.site().id
    with db.engine.connect() as connection:
        report = purge.report(connection, site_id, clock.now())
        runs = jobs.of_site(connection, site_id, retention_jobs.KIND)[:RUNS_SHOWN]
    return shell.page(
        "retention.html",
        error.status if error else 200,
        section="evidence",
        report=report,
        runs=[(run, shell.failure(run)) for run in runs],
        waits=any(each.finished_ms is None for each in runs),
        problem=shell.explained(error) if error else None,
        **more,
    )


@blueprint.post("/sites/<site_key>/retention/rule")
@open_to(OWNERS)
def change_retention() -> AnyResponse:
    typed, sure = request.form.get("days", "").strip(), request.form.get("sure") == "yes"
    site, user, now = shell.site(), shell.user(), clock.now()
    days = int(typed) if typed.isdecimal() and len(typed) < 8 else 0

    def unit(connection: Connection) -> None:
        orders.keep(connection, site.id, days=days, user=user, now=now)

    try:
        if not sure:
            _look_first(site.id, days)
        transact(unit)
    except RetentionTakes as error:
        return _page(error, days=typed, takes=error.records)
    except ConsentError as error:
        return _page(error, days=typed)
    return shell.to("retention", saved="rule")


def _look_first(site_id: int, days: int) -> None:
    """Raises RuleInvalid, and RetentionTakes where the rule would take what today's does not."""
    wanted, now = rules.of_days(days), clock.now()
    with db.engine.connect() as connection:
        taken = purge.expired_under(connection, site_id, rules.rule_of(connection, site_id), now)
        more = purge.expired_under(connection, site_id, wanted, now) - taken
    if more > 0:
        raise RetentionTakes(more)


@blueprint.post("/sites/<site_key>/retention/hold")
@open_to(OWNERS)
def place_hold() -> AnyResponse:
    reason, site, user, now = request.form.get("reason", ""), shell.site(), shell.user(), clock.now()
    try:
        transact(lambda connection: orders.place_hold(connection, site.id, reason=reason, user=user, now=now))
    except orders.ReasonMissing as error:
        return _page(error, reason=reason)
    return shell.to("retention", saved="held")


@blueprint.post("/sites/<site_key>/retention/release")
@open_to(OWNERS)
def lift_hold() -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()
    transact(lambda connection: orders.lift_hold(connection, site.id, user=user, now=now))
    return shell.to("retention", saved="released")


@blueprint.post("/sites/<site_key>/retention/run")
@open_to(OWNERS)
def run_retention() -> AnyResponse:
    """A job of the worker: a web process does no long work."""
    site, user, now = shell.site(), shell.user(), clock.now()
    try:
        transact(lambda connection: orders.run(connection, site.id, user=user, now=now))
    except ConsentError as error:
        return _page(error)
    return shell.to("retention", saved="run")
