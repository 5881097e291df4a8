"""What owners do about the people of their site: invite, change a role, let it end, remove. Each is a deed."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from consent.accounts import deeds, links, roles, users
from consent.accounts.links import INVITATION
from consent.accounts.roles import OWNER, ROLES, Member
from consent.accounts.users import User
from consent.clock import to_ms, wire
from consent.errors import ConsentError

LONGEST = timedelta(days=3660)


class MemberUnknown(ConsentError):
    status = 404
    code = "member_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such member of this site.")


class MemberChanged(ConsentError):
    """Somebody else changed the role in between. Nothing was done."""

    status = 409
    code = "member_changed"

    def __init__(self) -> None:
        super().__init__("The role was changed meanwhile. Look at what it is now, then decide again.")


class MemberAlready(ConsentError):
    status = 409
    code = "member_already"

    def __init__(self) -> None:
        super().__init__("Whoever has this address is a member already. Change the role instead.")


class InvitationGone(ConsentError):
    status = 404
    code = "invitation_gone"

    def __init__(self) -> None:
        super().__init__("This invitation was accepted, has expired, or was withdrawn.")


class RoleUnknown(ConsentError):
    status = 422
    code = "role_unknown"

    def __init__(self) -> None:
        super().__init__(f"A role is one of {', '.join(ROLES)}.")


class RoleEndsWrongly(ConsentError):
    status = 422
    code = "role_ends_wrongly"

    def __init__(self) -> None:
        super().__init__("A role ends on a day of the next ten years; an owner's does not end by itself.")


def find(connection: Connection, *, user_id: int, site_id: int) -> Member:
    """Raises MemberUnknown."""
    found = roles.member(connection, user_id=user_id, site_id=site_id)
    if found is None:
        raise MemberUnknown
    return found


def edition(member: Member) -> str:
    """Names the role that somebody has read, with its end: equal ones have equal editions."""
    return f"{member.role}-{member.expires_ms or 'open'}"


def change(
    connection: Connection,
    by: User,
    *,
    user_id: int,
    site_id: int,
    read: str,
    role: str,
    expires_ms: int | None,
    now: datetime,
) -> None:
    """`read`: the edition that they had before them. Raises MemberUnknown where the member has left meanwhile,
    MemberChanged, RoleUnknown, RoleEndsWrongly, LastOwner.
    """
    _check(role, expires_ms, now)
    _check_read(connection, user_id, site_id, read)
    roles.grant(connection, user_id=user_id, site_id=site_id, role=role, expires_ms=expires_ms, now=now)
    about = {"user_id": user_id, "role": role, "until": _until(expires_ms)}
    deeds.note(connection, by, "role_changed", now, site_id=site_id, **about)


def remove(connection: Connection, by: User, *, user_id: int, site_id: int, read: str, now: datetime) -> None:
    """Raises MemberUnknown, MemberChanged, LastOwner."""
    _check_read(connection, user_id, site_id, read)
    roles.remove(connection, user_id=user_id, site_id=site_id)
    deeds.note(connection, by, "member_removed", now, site_id=site_id, user_id=user_id)


def _check_read(connection: Connection, user_id: int, site_id: int, read: str) -> None:
    """Locked first, so that two who save at the same moment on PostgreSQL do not both find what they have read."""
    roles.lock(connection, site_id)
    if edition(find(connection, user_id=user_id, site_id=site_id)) != read:
        raise MemberChanged


def grant(
    connection: Connection, user: User, *, site_id: int, role: str, expires_ms: int | None, now: datetime
) -> None:
    """By whoever runs the platform, on its command line. Raises RoleUnknown, RoleEndsWrongly, LastOwner."""
    _check(role, expires_ms, now)
    roles.grant(connection, user_id=user.id, site_id=site_id, role=role, expires_ms=expires_ms, now=now)
    about = {"user_id": user.id, "role": role, "until": _until(expires_ms)}
    deeds.note(connection, None, "role_granted", now, site_id=site_id, **about)


def invite(
    connection: Connection, by: User, *, site_id: int, email: str, role: str, expires_ms: int | None, now: datetime
) -> str:
    """The token of the link, which nobody can show again. It takes the place of an older one for the same address.

    Raises UserInvalid, MemberAlready, RoleUnknown, RoleEndsWrongly.
    """
    _check(role, expires_ms, now)
    email = users.normal_email(email)
    if any(member.email == email for member in roles.members(connection, site_id)):
        raise MemberAlready
    for older in links.open_of_site(connection, site_id, now):
        if older.email == email:
            links.revoke(connection, older.id, site_id, now)
    token = links.create(
        connection, purpose=INVITATION, email=email, site_id=site_id, role=role, role_expires_ms=expires_ms, now=now
    )
    about = {"invitation_id": links.find(connection, token, now).id, "role": role, "until": _until(expires_ms)}
    deeds.note(connection, by, "invited", now, site_id=site_id, **about)
    return token


def withdraw(connection: Connection, by: User, *, link_id: int, site_id: int, now: datetime) -> None:
    """Raises InvitationGone."""
    if not links.revoke(connection, link_id, site_id, now):
        raise InvitationGone
    deeds.note(connection, by, "invitation_withdrawn", now, site_id=site_id, invitation_id=link_id)


def _check(role: str, expires_ms: int | None, now: datetime) -> None:
    if role not in ROLES:
        raise RoleUnknown
    if expires_ms is not None and (role == OWNER or not to_ms(now) < expires_ms < to_ms(now + LONGEST)):
        raise RoleEndsWrongly


def _until(expires_ms: int | None) -> str | None:
    return None if expires_ms is None else wire(expires_ms)
