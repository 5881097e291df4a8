"""Reviews and plans as the pages of the policy show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from consent.accounts import users
from consent.admin import shell
from consent.db import db
from consent.policies import planning, publish, review
from consent.policies.drafts import Draft
from consent.policies.planning import Plan
from consent.policies.review import Review


@dataclass(frozen=True)
class Shown:
    """`number`: what was published by it. `outcome`: the answer, `open`, or `void` where nobody can answer any more."""

    review: Review
    asked_by: str
    answered_by: str
    outcome: str
    number: int | None


@dataclass(frozen=True)
class ShownPlan:
    """`problem`: why it was not published. `doomed`: it will not be, because something else was."""

    plan: Plan
    planned_by: str
    problem: str
    doomed: bool
    draft_went_on: bool


def of_draft(version: str) -> dict[str, Any]:
    """What the page needs that asks about the draft, answers, and publishes."""
    return _values(version, lambda found: found.edition is not None)


def of_version(version: str) -> dict[str, Any]:
    return _values(version, lambda found: found.edition is None and found.policy_version == version)


def _values(version: str, concerns: Any) -> dict[str, Any]:
    site = shell.site()
    with db.engine.connect() as connection:
        newest = review.newest(connection, site.id)
    here = newest if newest and concerns(newest) else None
    return {
        "needs_review": site.needs_review,
        "review": _shown([here])[0] if here else None,
        "approved": newest is not None and newest.approves(version),
        "own_work": here is not None and here.is_work_of(shell.user().id),
    }


def history() -> list[Shown]:
    """Every review of the site, the newest first."""
    with db.engine.connect() as connection:
        return _shown(review.history(connection, shell.site().id))


def _shown(reviews: list[Review]) -> list[Shown]:
    with db.engine.connect() as connection:
        published = publish.history(connection, shell.site().id)
    numbers = {(each.policy_version, each.number): each.number for each in published}
    names = _names(user_id for each in reviews for user_id in (each.asked_by, each.answered_by))
    return [
        Shown(
            each,
            names.get(each.asked_by, "–"),
            names.get(each.answered_by or 0, "–"),
            each.answer or ("open" if each.stands else "void"),
            numbers.get((each.policy_version, each.after_number + 1)) if each.answer == review.APPROVED else None,
        )
        for each in reviews
    ]


def plans(draft: Draft) -> dict[str, Any]:
    """What is planned, and what became of the plan before where that needs a word."""
    site_id = shell.site().id
    with db.engine.connect() as connection:
        standing, ended = planning.standing(connection, site_id), planning.last_ended(connection, site_id)
        number = review.current_number(connection, site_id)
    told = ended and (ended.state == planning.REFUSED or (ended.late and ended.after_number + 1 == number))
    return {
        "plan": _plan(standing, draft, number) if standing else None,
        "ended": _plan(ended, draft, number) if ended and told and not standing else None,
        "time_zone": shell.user().time_zone,
    }


def _plan(found: Plan, draft: Draft, number: int) -> ShownPlan:
    problem = shell.said_of(found.problem) if found.problem else ""
    overtaken, went_on = found.after_number != number, found.edition != draft.edition
    return ShownPlan(found, _names([found.planned_by]).get(found.planned_by, "–"), problem, overtaken, went_on)


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    with db.engine.connect() as connection:
        return users.names(connection, {each for each in ids if each is not None})
