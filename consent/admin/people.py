"""The people of a site: roles, and invitations."""

from datetime import date
from typing import Any

from flask import g, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import jobs as account_jobs
from consent.accounts import links, membership, roles
from consent.accounts.membership import RoleEndsWrongly
from consent.accounts.roles import Member
from consent.admin import shell
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.admin.words import last_day_field
from consent.db import db, transact
from consent.errors import ConsentError

SAVED = ("changed", "removed", "withdrawn")
_NOBODY = {"email": "", "role": roles.EDITOR, "until": ""}


@blueprint.get("/sites/<site_key>/people")
@open_to(OWNERS)
def people() -> AnyResponse:
    return _page(_NOBODY)


@blueprint.post("/sites/<site_key>/people/invitations")
@open_to(OWNERS)
def invite() -> AnyResponse:
    """The link is in this answer, and where there is mail in a letter; of the link itself only its hash is kept."""
    form, by, site, now = _typed(), shell.user(), shell.site(), clock.now()
    email, role, by_mail = form["email"], form["role"], bool(shell.settings().smtp_url)
    said = {"by": by.name, "site": site.name, "language": g.language, "seal": shell.seal(), "now": now}

    def unit(connection: Connection) -> str:
        made = membership.invite(
            connection, by, site_id=site.id, email=email, role=role, expires_ms=expires_ms, now=now
        )
        if by_mail:
            account_jobs.enqueue_invitation(connection, made, **said)
        return made

    try:
        expires_ms = _end(form["until"])
        token = transact(unit)
    except ConsentError as error:
        return _page(form, error)
    link = links.address(token, shell.settings().public_url)
    return shell.page("invited.html", section="people", email=email, role=role, link=link, by_mail=by_mail)


@blueprint.post("/sites/<site_key>/people/invitations/<int:link_id>/withdraw")
@open_to(OWNERS)
def withdraw_invitation(link_id: int) -> AnyResponse:
    by, site, now = shell.user(), shell.site(), clock.now()
    try:
        transact(lambda connection: membership.withdraw(connection, by, link_id=link_id, site_id=site.id, now=now))
    except membership.InvitationGone as error:
        return _page(_NOBODY, error)
    return shell.to("people", saved="withdrawn")


@blueprint.get("/sites/<site_key>/people/<int:user_id>")
@open_to(OWNERS)
def member(user_id: int) -> AnyResponse:
    found = _member(user_id)
    return _member_page(found, _kept(found))


@blueprint.post("/sites/<site_key>/people/<int:user_id>")
@open_to(OWNERS)
def change_member(user_id: int) -> AnyResponse:
    form, read, by, site, now = _typed(), _read(), shell.user(), shell.site(), clock.now()
    found, role = _member(user_id), form["role"]
    who: dict[str, Any] = {"user_id": user_id, "site_id": site.id, "read": read}

    def unit(connection: Connection) -> None:
        membership.change(connection, by, **who, role=role, expires_ms=expires_ms, now=now)

    try:
        expires_ms = _end(form["until"])
        transact(unit)
    except membership.MemberChanged as error:
        return _merge(form, error, user_id)
    except ConsentError as error:
        return _member_page(found, form, error, read=read)
    return _after(user_id, "changed", still_owner=role == roles.OWNER)


@blueprint.post("/sites/<site_key>/people/<int:user_id>/remove")
@open_to(OWNERS)
def remove_member(user_id: int) -> AnyResponse:
    by, site, now = shell.user(), shell.site(), clock.now()
    found = _member(user_id)
    who: dict[str, Any] = {"user_id": user_id, "site_id": site.id, "read": _read()}
    try:
        transact(lambda connection: membership.remove(connection, by, **who, now=now))
    except membership.MemberChanged as error:
        return _merge(_kept(found), error, user_id)
    except roles.LastOwner as error:
        return _member_page(found, _kept(found), error)
    return _after(user_id, "removed", still_owner=False)


def _read() -> str:
    return request.form.get("edition", "")


def _merge(form: dict[str, str], error: ConsentError, user_id: int) -> AnyResponse:
    """What they chose stays; beside it stands what somebody else chose, and saving again is saving over that."""
    found = _member(user_id)
    return _member_page(found, form, error, theirs=True)


def _kept(found: Member) -> dict[str, str]:
    return {"role": found.role, "until": last_day_field(found.expires_ms)}


def _after(user_id: int, saved: str, *, still_owner: bool) -> AnyResponse:
    """Whoever has given up their own role can no longer see the list."""
    if user_id == shell.user().id and not still_owner:
        return shell.to("home")
    return shell.to("people", saved=saved)


def _member(user_id: int) -> Member:
    """Raises MemberUnknown."""
    with db.engine.connect() as connection:
        return membership.find(connection, user_id=user_id, site_id=shell.site().id)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in _NOBODY}


def _end(day: str) -> int | None:
    """A day of the user's zone. Raises RoleEndsWrongly."""
    if not day:
        return None
    try:
        return clock.end_of_day(date.fromisoformat(day), shell.user().time_zone)
    except (ValueError, OverflowError):
        raise RoleEndsWrongly from None


def _page(form: dict[str, str], error: ConsentError | None = None) -> AnyResponse:
    site, now = shell.site(), clock.now()
    with db.engine.connect() as connection:
        there = roles.members(connection, site.id)
        waiting = links.open_of_site(connection, site.id, now)
    saved = request.args.get("saved", "")
    return shell.page(
        "people.html",
        error.status if error else 200,
        section="people",
        by_mail=bool(shell.settings().smtp_url),
        members=there,
        invitations=waiting,
        now_ms=clock.to_ms(now),
        form=form,
        roles=_roles(),
        said=shell.text(f"people.saved.{saved}") if saved in SAVED else None,
        problem=shell.explained(error) if error else None,
    )


def _member_page(
    found: Member,
    form: dict[str, str],
    error: ConsentError | None = None,
    *,
    read: str | None = None,
    theirs: bool = False,
) -> AnyResponse:
    return shell.page(
        "member.html",
        error.status if error else 200,
        section="people",
        member=found,
        edition=membership.edition(found) if read is None else read,
        form=form,
        theirs=theirs,
        roles=_roles(),
        problem=shell.explained(error) if error else None,
    )


def _roles() -> list[tuple[str, str]]:
    return [(role, shell.text(f"shell.roles.{role}")) for role in roles.ROLES]
