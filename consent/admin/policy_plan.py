"""Publishing the draft at a time."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.admin import policy_check, policy_draft, shell
from consent.admin.policy import overview
from consent.admin.policy_source import as_file
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.clock import wire
from consent.db import db, transact
from consent.policies import planning
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import PolicyRefused
from consent.policies.planning import PlanGone, PlanStands, PlanTimeInvalid
from consent.policies.review import ReviewMissing

FIELDS = ("day", "time")


@blueprint.post("/sites/<site_key>/policy/plan")
@open_to(EDITORS)
def plan_policy() -> AnyResponse:
    site, user, now, checked = shell.site(), shell.user(), clock.now(), policy_draft.edition()
    typed = {name: request.form.get(name, "") for name in FIELDS}

    def unit(connection: Connection) -> None:
        made = planning.plan(connection, site.id, edition=checked, due=due, user_id=user.id, now=now)
        about = {"due": wire(made.due_ms), "policy_version": made.policy_version}
        deeds.note(connection, user, "plan_made", now, site_id=site.id, **about)

    try:
        due = moment_of(typed["day"], typed["time"], user.time_zone)
        transact(unit)
    except (PlanTimeInvalid, PlanStands, ReviewMissing, DraftChanged, NothingToPublish, PolicyRefused) as error:
        return policy_check.show(error, typed=typed)
    return shell.to("policy", saved="planned")


def moment_of(day: str, at: str, zone: str) -> datetime:
    """A time as somebody says it where they are. Raises PlanTimeInvalid, also for one that a clock change leaves out."""
    here = ZoneInfo(zone)
    try:
        said = datetime.combine(date.fromisoformat(day), time.fromisoformat(at).replace(tzinfo=None), here)
        found = said.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PlanTimeInvalid from None
    if found.astimezone(here).replace(tzinfo=None) != said.replace(tzinfo=None):
        raise PlanTimeInvalid
    return found


@blueprint.post("/sites/<site_key>/policy/plan/<int:plan_id>/cancel")
@open_to(EDITORS)
def cancel_plan(plan_id: int) -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> None:
        done = planning.cancel(connection, site.id, plan_id, now)
        about = {"due": wire(done.due_ms), "policy_version": done.policy_version}
        deeds.note(connection, user, "plan_cancelled", now, site_id=site.id, **about)

    try:
        transact(unit)
    except PlanGone as error:
        return overview(error)
    return shell.to("policy", saved="cancelled")


@blueprint.get("/sites/<site_key>/policy/planned.yaml")
@open_to(READERS)
def download_planned_policy() -> Response:
    """What is planned, though the draft may have gone on. Raises PlanGone."""
    with db.engine.connect() as connection:
        found = planning.standing(connection, shell.site().id)
    if found is None:
        raise PlanGone
    return as_file(found.source, f"{shell.site().key}-planned.yaml")
