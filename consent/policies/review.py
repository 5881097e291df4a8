"""Review by a second person: what exactly was asked about, who answered, and whether the answer still counts.

The newest asking of a site is the one that counts. It counts for the bytes that it names and for nothing else: whoever
changes the draft, and whatever is published meanwhile, makes it void.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.policies.models import policy_draft_table, policy_review_table, publication_table
from consent.sites.settings import needs_review

APPROVED, SENT_BACK, WITHDRAWN = "approved", "sent_back", "withdrawn"
LONGEST_COMMENT = 2_000
_TABLE = policy_review_table


class ReviewMissing(ConsentError):
    """Publishing needs a second person here, and nobody has approved these bytes."""

    status = 409
    code = "review_missing"

    def __init__(self) -> None:
        super().__init__("This site publishes only what a second person has approved. Ask for a review first.")


class ReviewVoid(ConsentError):
    """What was asked about is no longer what would be published, or somebody else has answered. Nothing was changed."""

    status = 409
    code = "review_void"

    def __init__(self) -> None:
        super().__init__("This review is over: it was answered, or the draft or the published version has changed.")


class OwnWork(ConsentError):
    status = 403
    code = "own_work"

    def __init__(self) -> None:
        super().__init__("Somebody else has to answer: you have changed this draft last, or asked for the review.")


class CommentInvalid(ConsentError):
    status = 422
    code = "comment_invalid"

    def __init__(self) -> None:
        super().__init__(f"Say what has to change, in up to {LONGEST_COMMENT} characters.")


@dataclass(frozen=True)
class Review:
    """`stands`: nothing came after it that makes it void."""

    id: int
    policy_version: str
    edition: int | None
    after_number: int
    written_by: int | None
    asked_by: int
    asked_ms: int
    answer: str | None
    answered_by: int | None
    answered_ms: int | None
    comment: str
    stands: bool

    @property
    def is_open(self) -> bool:
        return self.stands and self.answer is None

    def approves(self, version: str) -> bool:
        return self.stands and self.answer == APPROVED and self.policy_version == version

    def is_work_of(self, user_id: int) -> bool:
        return user_id in (self.asked_by, self.written_by)


def ask(
    connection: Connection,
    site_id: int,
    version: str,
    *,
    edition: int | None,
    written_by: int | None,
    user_id: int,
    now: datetime,
) -> int:
    """Replaces what was asked before. Returns the id."""
    row = {
        "site_id": site_id,
        "policy_version": version,
        "edition": edition,
        "after_number": current_number(connection, site_id),
        "written_by": written_by,
        "asked_by": user_id,
        "asked_ms": to_ms(now),
        "comment": "",
    }
    return int(connection.execute(insert(_TABLE).values(row).returning(_TABLE.c.id)).scalar_one())


def answer(
    connection: Connection, site_id: int, review_id: int, *, approves: bool, comment: str, user_id: int, now: datetime
) -> Review:
    """By a second person. Raises ReviewVoid, OwnWork, CommentInvalid."""
    said = comment.strip()
    if len(said) > LONGEST_COMMENT or not (said or approves):
        raise CommentInvalid
    found = _hold(connection, site_id, review_id)
    if found.is_work_of(user_id):
        raise OwnWork
    return _settle(connection, found, APPROVED if approves else SENT_BACK, comment=said, user_id=user_id, now=now)


def withdraw(connection: Connection, site_id: int, review_id: int, *, user_id: int, now: datetime) -> Review:
    """Nobody need answer it any more. Raises ReviewVoid."""
    found = _hold(connection, site_id, review_id)
    return _settle(connection, found, WITHDRAWN, comment="", user_id=user_id, now=now)


def _hold(connection: Connection, site_id: int, review_id: int) -> Review:
    """The open review, with the draft locked, so that nobody changes it between the look and the answer."""
    draft = select(policy_draft_table.c.edition).where(policy_draft_table.c.site_id == site_id)
    connection.execute(draft.with_for_update())
    found = newest(connection, site_id)
    if found is None or found.id != review_id or not found.is_open:
        raise ReviewVoid
    return found


def _settle(connection: Connection, found: Review, said: str, *, comment: str, user_id: int, now: datetime) -> Review:
    unanswered = (_TABLE.c.id == found.id) & _TABLE.c.answer.is_(None)
    values: dict[str, Any] = {"answer": said, "comment": comment, "answered_by": user_id, "answered_ms": to_ms(now)}
    if connection.execute(update(_TABLE).where(unanswered).values(values)).rowcount != 1:
        raise ReviewVoid  # somebody else was first
    return replace(found, **values)


def check(connection: Connection, site_id: int, version: str, *, review_id: int | None = None) -> None:
    """May these bytes be published now? `review_id`: the approval that a plan was made with. Raises ReviewMissing."""
    if not needs_review(connection, site_id):
        return
    found = newest(connection, site_id)
    if review_id is not None and (planned := _by_id(connection, site_id, review_id)):
        # The draft has gone on since the plan was made: that takes nothing from what was approved and planned.
        found = replace(planned, stands=planned.after_number == current_number(connection, site_id))
    if found is None or not found.approves(version):
        raise ReviewMissing


def newest(connection: Connection, site_id: int) -> Review | None:
    found = history(connection, site_id, most=1)
    return found[0] if found else None


def _by_id(connection: Connection, site_id: int, review_id: int) -> Review | None:
    return next((each for each in history(connection, site_id) if each.id == review_id), None)


def history(connection: Connection, site_id: int, *, most: int | None = None) -> list[Review]:
    """The newest first."""
    query = select(_TABLE).filter_by(site_id=site_id).order_by(_TABLE.c.id.desc()).limit(most)
    rows = connection.execute(query).all()
    draft = select(policy_draft_table.c.edition).where(policy_draft_table.c.site_id == site_id)
    edition, number = connection.execute(draft).scalar_one_or_none(), current_number(connection, site_id)
    return [_review(row, stands=row is rows[0] and _fits(row, edition, number)) for row in rows]


def current_number(connection: Connection, site_id: int) -> int:
    """0 where nothing is published."""
    last = select(func.max(publication_table.c.number)).where(publication_table.c.site_id == site_id)
    return connection.execute(last).scalar_one() or 0


def _fits(row: Any, edition: int | None, number: int) -> bool:
    return row.after_number == number and row.edition in (None, edition)


def _review(row: Any, *, stands: bool) -> Review:
    columns = {name: value for name, value in row._mapping.items() if name != "site_id"}
    return Review(**columns, stands=stands)
