"""A legal hold: while it stands, nothing of the site is erased, by nobody. `consent.ledger.erase` itself refuses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger.models import hold_table


class OnHold(ConsentError):
    status = 409
    code = "legal_hold"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The site is under a legal hold ({reason}): nothing of it is erased until the hold is lifted."
        )


@dataclass(frozen=True)
class Hold:
    reason: str
    since_ms: int


def standing(connection: Connection, site_id: int) -> Hold | None:
    statement = select(hold_table.c.reason, hold_table.c.since_ms).where(hold_table.c.site_id == site_id)
    row = connection.execute(statement).one_or_none()
    return Hold(*row) if row else None


def check(connection: Connection, site_id: int) -> None:
    """Raises OnHold."""
    found = standing(connection, site_id)
    if found is not None:
        raise OnHold(found.reason)


def place(connection: Connection, site_id: int, *, reason: str, now: datetime) -> None:
    """One that stands already is replaced, with its reason and its beginning."""
    lift(connection, site_id)
    connection.execute(insert(hold_table).values(site_id=site_id, reason=reason, since_ms=to_ms(now)))


def lift(connection: Connection, site_id: int) -> bool:
    """False where none stood."""
    return connection.execute(delete(hold_table).where(hold_table.c.site_id == site_id)).rowcount == 1
