"""Who may do what on a site. Accounts knows a site by its id only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from consent.accounts.models import membership_table, user_table
from consent.clock import to_ms
from consent.errors import ConsentError

OWNER, EDITOR, AUDITOR = "owner", "editor", "auditor"
ROLES = (OWNER, EDITOR, AUDITOR)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class LastOwner(ConsentError):
    status = 409
    code = "last_owner"

    def __init__(self) -> None:
        super().__init__("A site needs an owner. Make somebody else an owner first.")


@dataclass(frozen=True)
class Member:
    user_id: int
    email: str
    name: str
    role: str
    created_ms: int
    expires_ms: int | None


def role_of(connection: Connection, user_id: int, site_id: int, now: datetime) -> str | None:
    """None for strangers, and for members whose time is over."""
    row = connection.execute(
        select(membership_table.c.role, membership_table.c.expires_ms).where(
            membership_table.c.user_id == user_id, membership_table.c.site_id == site_id
        )
    ).one_or_none()
    if row is None or (row.expires_ms is not None and row.expires_ms <= to_ms(now)):
        return None
    role: str = row.role
    return role


def sites_of(connection: Connection, user_id: int, now: datetime) -> dict[int, str]:
    """{site id: role}"""
    found = connection.execute(select(membership_table).where(membership_table.c.user_id == user_id))
    return {row.site_id: row.role for row in found if row.expires_ms is None or row.expires_ms > to_ms(now)}


def members(connection: Connection, site_id: int) -> list[Member]:
    found = connection.execute(_members().where(membership_table.c.site_id == site_id).order_by(user_table.c.email))
    return [_member(row) for row in found]


def lock(connection: Connection, site_id: int) -> None:
    """Nobody else changes the members before the end of the transaction: all rows in one order, or two would wait for
    each other. SQLite has one writer anyway.
    """
    every = select(membership_table.c.user_id).where(membership_table.c.site_id == site_id)
    connection.execute(every.order_by(membership_table.c.user_id).with_for_update())


def member(connection: Connection, *, user_id: int, site_id: int) -> Member | None:
    """Also one whose time is over."""
    this_one = membership_table.c.user_id == user_id, membership_table.c.site_id == site_id
    row = connection.execute(_members().where(*this_one)).one_or_none()
    return _member(row) if row else None


def _members() -> Select[Any]:
    columns = (user_table.c.email, user_table.c.name, *membership_table.c)
    return select(*columns).join(user_table, user_table.c.id == membership_table.c.user_id)


def _member(row: Any) -> Member:
    return Member(row.user_id, row.email, row.name, row.role, row.created_ms, row.expires_ms)


def grant(
    connection: Connection, *, user_id: int, site_id: int, role: str, now: datetime, expires_ms: int | None = None
) -> None:
    """Gives the role, or changes it. Raises LastOwner."""
    if role != OWNER or expires_ms is not None:
        _keep_an_owner(connection, user_id, site_id)
    row = {
        "user_id": user_id,
        "site_id": site_id,
        "role": role,
        "expires_ms": expires_ms,
        "created_ms": to_ms(now),
    }
    statement = _INSERT[connection.dialect.name](membership_table).values(row)
    changed = {"role": statement.excluded.role, "expires_ms": statement.excluded.expires_ms}
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id", "site_id"], set_=changed))


def remove(connection: Connection, *, user_id: int, site_id: int) -> bool:
    """False where they are no member. Raises LastOwner."""
    _keep_an_owner(connection, user_id, site_id)
    done = connection.execute(
        delete(membership_table).where(membership_table.c.user_id == user_id, membership_table.c.site_id == site_id)
    )
    return done.rowcount == 1


def _keep_an_owner(connection: Connection, user_id: int, site_id: int) -> None:
    """The rows of the owners are locked: two owners who leave at the same moment must not both see the other."""
    owners = select(membership_table.c.user_id).where(
        membership_table.c.site_id == site_id,
        membership_table.c.role == OWNER,
        membership_table.c.expires_ms.is_(None),
    )
    found = set(connection.execute(owners.with_for_update()).scalars())
    if found == {user_id}:
        raise LastOwner
