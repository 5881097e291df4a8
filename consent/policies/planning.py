"""Publishing at a time: a plan keeps the draft as it was decided on, and the worker publishes it when it is due.

Everything is checked again at that time. Where it no longer holds, nothing is published and the plan says why. The state
of the plan and the publication change in one transaction, by compare-and-set: however many workers there are, once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from consent.accounts import deeds, users
from consent.accounts.users import User, UserUnknown
from consent.clock import to_ms, wire
from consent.errors import ConsentError
from consent.merkle.canonical import digest
from consent.policies import drafts, publish, review
from consent.policies.document import read
from consent.policies.models import policy_plan_table

PLANNED, PUBLISHED, CANCELLED, REFUSED = "planned", "published", "cancelled", "refused"
LONGEST_WAIT = timedelta(days=366)
# What comes later than this is said to be late: a worker looks every few seconds.
LATE_MS = 120_000
_TABLE = policy_plan_table


class PlanTimeInvalid(ConsentError):
    status = 422
    code = "plan_time_invalid"

    def __init__(self) -> None:
        super().__init__("Give a day and a time in the coming year.")


class PlanStands(ConsentError):
    status = 409
    code = "plan_stands"

    def __init__(self) -> None:
        super().__init__("Something is planned already. Cancel that first.")


class PlanGone(ConsentError):
    status = 409
    code = "plan_gone"

    def __init__(self) -> None:
        super().__init__("This plan is over: it was published, cancelled or refused meanwhile.")


class Overtaken(ConsentError):
    status = 409
    code = "overtaken"

    def __init__(self) -> None:
        super().__init__("Another version was published since this was planned.")


class ContentChanged(ConsentError):
    """The catalogue or the built-in texts say something else since a program update: nobody has seen these words."""

    status = 409
    code = "content_changed"

    def __init__(self) -> None:
        super().__init__("The catalogue has changed since this was planned, so that other words would be published.")


@dataclass(frozen=True)
class Plan:
    id: int
    site_id: int
    source: str
    policy_version: str
    edition: int
    after_number: int
    review_id: int | None
    due_ms: int
    planned_by: int
    planned_ms: int
    state: str
    ended_ms: int | None
    problem: str | None

    @property
    def late(self) -> bool:
        return self.state == PUBLISHED and (self.ended_ms or 0) - self.due_ms > LATE_MS


def plan(connection: Connection, site_id: int, *, edition: int, due: datetime, user_id: int, now: datetime) -> Plan:
    """Raises PlanTimeInvalid, PlanStands, and what publishing the draft now would raise."""
    if not now < due <= now + LONGEST_WAIT:
        raise PlanTimeInvalid
    draft, version = drafts.ready(connection, site_id, edition=edition)
    review.check(connection, site_id, version)
    approval = review.newest(connection, site_id)
    row = {
        "site_id": site_id,
        "source": draft.source,
        "policy_version": version,
        "edition": edition,
        "after_number": review.current_number(connection, site_id),
        "review_id": approval.id if approval and approval.approves(version) else None,
        "due_ms": to_ms(due),
        "planned_by": user_id,
        "planned_ms": to_ms(now),
        "state": PLANNED,
    }
    try:
        with connection.begin_nested():
            made = connection.execute(insert(_TABLE).values(row).returning(*_TABLE.c)).one()
    except IntegrityError:
        raise PlanStands from None
    return Plan(**made._mapping)


def cancel(connection: Connection, site_id: int, plan_id: int, now: datetime) -> Plan:
    """Raises PlanGone."""
    found = _of_site(connection, site_id, _TABLE.c.id == plan_id)
    if not found or not _end(connection, plan_id, CANCELLED, now):
        raise PlanGone
    return found[0]


def standing(connection: Connection, site_id: int) -> Plan | None:
    found = _of_site(connection, site_id, _TABLE.c.state == PLANNED)
    return found[0] if found else None


def last_ended(connection: Connection, site_id: int) -> Plan | None:
    """What became of the one before."""
    found = _of_site(connection, site_id, _TABLE.c.state != PLANNED)
    return found[0] if found else None


def _of_site(connection: Connection, site_id: int, which: Any) -> list[Plan]:
    """The newest first."""
    query = select(_TABLE).where(_TABLE.c.site_id == site_id, which).order_by(_TABLE.c.id.desc())
    return [Plan(**row._mapping) for row in connection.execute(query)]


def due(connection: Connection, now: datetime) -> list[int]:
    """The ids of what is due, in its order."""
    waiting = (_TABLE.c.state == PLANNED) & (_TABLE.c.due_ms <= to_ms(now))
    return list(connection.execute(select(_TABLE.c.id).where(waiting).order_by(_TABLE.c.due_ms)).scalars())


def carry_out(connection: Connection, plan_id: int, now: datetime) -> Plan | None:
    """Publishes it, or says in it why not. None where somebody else was first, or it was cancelled."""
    if not _end(connection, plan_id, PUBLISHED, now):
        return None
    found = _by_id(connection, plan_id)
    user = _planner(connection, found.planned_by)
    try:
        with connection.begin_nested():
            _publish(connection, found, user, now)
    except ConsentError as error:
        values = {"state": REFUSED, "problem": error.code}
        connection.execute(update(_TABLE).where(_TABLE.c.id == plan_id).values(values))
        about = {"policy_version": found.policy_version, "due": wire(found.due_ms), "problem": error.code}
        deeds.note(connection, user, "plan_refused", now, site_id=found.site_id, **about)
    return _by_id(connection, plan_id)


def _publish(connection: Connection, found: Plan, user: User | None, now: datetime) -> None:
    """Raises what keeps it from being published."""
    if review.current_number(connection, found.site_id) != found.after_number:
        raise Overtaken
    policy = read(found.source)
    content, _ = publish.checked(policy, now.date())
    if digest(content) != found.policy_version:
        raise ContentChanged
    by = user.email if user else "–"
    made = publish.publish(connection, found.site_id, policy, now, published_by=by, review_id=found.review_id)
    drafts.note_published(connection, found.site_id, made.policy_version, edition=found.edition)
    about = {"policy_version": made.policy_version, "number": made.number, "material": made.material}
    deeds.note(connection, user, "plan_published", now, site_id=found.site_id, due=wire(found.due_ms), **about)


def _planner(connection: Connection, user_id: int) -> User | None:
    """A plan is the site's: it holds where whoever made it has left."""
    try:
        return users.by_id(connection, user_id)
    except UserUnknown:
        return None


def _by_id(connection: Connection, plan_id: int) -> Plan:
    return Plan(**connection.execute(select(_TABLE).where(_TABLE.c.id == plan_id)).one()._mapping)


def _end(connection: Connection, plan_id: int, state: str, now: datetime) -> bool:
    mine = (_TABLE.c.id == plan_id) & (_TABLE.c.state == PLANNED)
    values = {"state": state, "ended_ms": to_ms(now)}
    return connection.execute(update(_TABLE).where(mine).values(values)).rowcount == 1
