"""Links that work once: for the first account, for an invitation, for a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from consent.accounts.models import link_table
from consent.accounts.safe import new_token, token_hash
from consent.clock import to_ms
from consent.errors import ConsentError

SETUP, INVITATION, RESET = "setup", "invitation", "reset"
LIVES = {SETUP: timedelta(hours=24), INVITATION: timedelta(days=7), RESET: timedelta(hours=2)}


class LinkUnknown(ConsentError):
    status = 404
    code = "link_unknown"

    def __init__(self) -> None:
        super().__init__("This link was used, has expired, or never was. Ask for a new one.")


@dataclass(frozen=True)
class Link:
    """`email` None: whoever has the link says who they are (the first account)."""

    id: int
    purpose: str
    email: str | None
    site_id: int | None
    role: str | None
    role_expires_ms: int | None
    created_ms: int
    expires_ms: int


def create(
    connection: Connection,
    *,
    purpose: str,
    now: datetime,
    email: str | None = None,
    site_id: int | None = None,
    role: str | None = None,
    role_expires_ms: int | None = None,
) -> str:
    """The token for the address. Nobody can show it again."""
    token = new_token()
    row = {
        "token_hash": token_hash(token),
        "purpose": purpose,
        "email": email,
        "site_id": site_id,
        "role": role,
        "role_expires_ms": role_expires_ms,
        "created_ms": to_ms(now),
        "expires_ms": to_ms(now + LIVES[purpose]),
    }
    connection.execute(insert(link_table).values(row))
    return token


def address(token: str, public_url: str) -> str:
    """Where a one-time link leads."""
    return f"{public_url}/admin/links/{token}"


def find(connection: Connection, token: str, now: datetime) -> Link:
    """Raises LinkUnknown."""
    row = connection.execute(select(link_table).where(link_table.c.token_hash == token_hash(token))).one_or_none()
    if row is None or row.used_ms is not None or row.expires_ms <= to_ms(now):
        raise LinkUnknown
    return _link(row)


def use(connection: Connection, link: Link, now: datetime) -> None:
    """Raises LinkUnknown where somebody else was faster."""
    once = update(link_table).where(link_table.c.id == link.id, link_table.c.used_ms.is_(None))
    if connection.execute(once.values(used_ms=to_ms(now))).rowcount != 1:
        raise LinkUnknown


def open_of_site(connection: Connection, site_id: int, now: datetime) -> list[Link]:
    """Invitations that wait for their answer."""
    waiting = select(link_table).where(
        link_table.c.site_id == site_id, link_table.c.used_ms.is_(None), link_table.c.expires_ms > to_ms(now)
    )
    return [_link(row) for row in connection.execute(waiting.order_by(link_table.c.id))]


def emails(connection: Connection, site_id: int) -> dict[int, str]:
    """{link: whom it was for}, of all that were ever made for the site."""
    made = select(link_table.c.id, link_table.c.email).where(link_table.c.site_id == site_id)
    return {row.id: row.email for row in connection.execute(made)}


def revoke(connection: Connection, link_id: int, site_id: int, now: datetime) -> bool:
    """False where there is none that waits."""
    waiting = update(link_table).where(
        link_table.c.id == link_id, link_table.c.site_id == site_id, link_table.c.used_ms.is_(None)
    )
    return connection.execute(waiting.values(used_ms=to_ms(now))).rowcount == 1


def revoke_resets(connection: Connection, email: str, now: datetime) -> None:
    """Once there is a new password, older links for another one open nothing."""
    waiting = update(link_table).where(
        link_table.c.purpose == RESET, link_table.c.email == email, link_table.c.used_ms.is_(None)
    )
    connection.execute(waiting.values(used_ms=to_ms(now)))


def _link(row: Any) -> Link:
    return Link(
        row.id,
        row.purpose,
        row.email,
        row.site_id,
        row.role,
        row.role_expires_ms,
        row.created_ms,
        row.expires_ms,
    )
