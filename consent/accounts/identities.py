"""Whose account somebody from the provider of single sign-on opens.

The first time it is found by the address that the provider has verified, and from then on by the provider's own name for
the person (`sub`) alone: an address may be given to somebody else.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from consent.accounts import deeds, sessions, signin
from consent.accounts.models import sso_identity_table, user_table
from consent.accounts.oidc import Identity
from consent.accounts.users import User, user_of
from consent.clock import to_ms
from consent.errors import ConsentError


class SsoUnknown(ConsentError):
    """They are who they say; nobody has invited them, or the provider does not vouch for an address."""

    status = 403
    code = "sso_unknown"

    def __init__(self, email: str | None) -> None:
        super().__init__("There is no account for this person. The owner of a site can invite them.")
        self.email = email


class SsoTaken(ConsentError):
    status = 403
    code = "sso_taken"

    def __init__(self, email: str) -> None:
        super().__init__("The account with this address belongs to somebody else at the provider.")
        self.email = email


class SsoNotLinked(ConsentError):
    status = 404
    code = "sso_not_linked"

    def __init__(self) -> None:
        super().__init__("The account is not linked with single sign-on.")


@dataclass(frozen=True)
class Linked:
    """With whom an account is linked, and since when."""

    issuer: str
    created_ms: int


def owner(connection: Connection, identity: Identity, now: datetime) -> User:
    """Raises SsoUnknown, SsoTaken."""
    known = _known(connection, identity)
    return known if known else _linked(connection, identity, now)


def _known(connection: Connection, identity: Identity) -> User | None:
    """Raises SsoUnknown where they were disabled."""
    same = sso_identity_table.c.issuer == identity.issuer, sso_identity_table.c.subject == identity.subject
    joined = select(user_table).join(sso_identity_table, sso_identity_table.c.user_id == user_table.c.id)
    row = connection.execute(joined.where(*same)).one_or_none()
    if row is not None and row.disabled_ms is not None:
        raise SsoUnknown(identity.email)
    return user_of(row) if row else None


def _linked(connection: Connection, identity: Identity, now: datetime) -> User:
    """Raises SsoUnknown, SsoTaken."""
    row = signin.look_up(connection, identity.email) if identity.email else None
    if identity.email is None or row is None or row.disabled_ms is not None:
        raise SsoUnknown(identity.email)
    user = user_of(row)
    link = {"issuer": identity.issuer, "subject": identity.subject, "user_id": user.id, "created_ms": to_ms(now)}
    try:
        with connection.begin_nested():
            connection.execute(insert(sso_identity_table).values(link))
    except IntegrityError:  # the account has another person of this provider, or the same one came twice at once
        if _known(connection, identity) != user:
            raise SsoTaken(identity.email) from None
        return user
    deeds.note(connection, user, "sso_linked", now)
    return user


def of_user(connection: Connection, user_id: int) -> list[Linked]:
    """The oldest first: more than one where the platform has changed its provider."""
    columns = sso_identity_table.c.issuer, sso_identity_table.c.created_ms
    found = connection.execute(select(*columns).where(sso_identity_table.c.user_id == user_id).order_by(columns[1]))
    return [Linked(**row._mapping) for row in found]


def unlink(connection: Connection, user: User, now: datetime, *, keep_session: int) -> None:
    """From every provider. Whoever came in by one is out, for they may be somebody else. Raises SsoNotLinked."""
    if connection.execute(delete(sso_identity_table).where(sso_identity_table.c.user_id == user.id)).rowcount == 0:
        raise SsoNotLinked
    sessions.end_all(connection, user.id, but=keep_session)
    deeds.note(connection, user, "sso_unlinked", now)
