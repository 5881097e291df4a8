"""What a one-time link leads to: the first account, an invitation, a new password.

The token leaves the address at once, for a cookie of this page: an address is kept in histories and sent on.
"""

from typing import Any

from flask import g, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, sites
from consent.accounts import deeds, links, passwords, renewal, roles, users
from consent.accounts.links import INVITATION, RESET, SETUP, Link
from consent.accounts.sessions import COMPLETE
from consent.accounts.users import User, UserUnknown
from consent.admin import shell, signing_in
from consent.admin.rules import ANYBODY, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError

COOKIE = "consent_link"
_MINUTES = 30


@blueprint.get("/links/<token>")
@open_to(ANYBODY)
def follow_link(token: str) -> AnyResponse:
    response = redirect(url_for("admin.arrive", lang=request.args.get("lang")), 303)
    secure = shell.cookie_name().startswith("__Host-")
    response.set_cookie(
        COOKIE,
        token,
        max_age=_MINUTES * 60,
        path=url_for("admin.arrive"),
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.get("/arrive")
@open_to(ANYBODY)
def arrive() -> AnyResponse:
    return _page(_link(), {"email": "", "name": ""})


@blueprint.post("/arrive")
@open_to(ANYBODY)
def take_link() -> AnyResponse:
    link = _link()
    known = _known(link)
    if known is not None and link.purpose == INVITATION:
        return _accept(link, known)
    form = request.form
    email, password = link.email or form.get("email", ""), form.get("password", "")
    try:
        passwords.check(password, email)
        hashed = passwords.hashed(password)
        account = _account(link, email, hashed)
        user = transact(lambda connection: _carry_out(connection, link, known, account))
    except (passwords.PasswordWeak, users.UserInvalid) as error:
        values = {"email": email, "name": form.get("name", "")}
        return _page(link, values, error)
    return _forget(signing_in.after_first_factor(user, url_for("admin.home")))


def _link() -> Link:
    """Raises LinkUnknown."""
    with db.engine.connect() as connection:
        return links.find(connection, request.cookies.get(COOKIE, ""), clock.now())


def _known(link: Link) -> User | None:
    if link.email is None:
        return None
    with db.engine.connect() as connection:
        try:
            return users.by_email(connection, link.email)
        except UserUnknown:
            return None


def _accept(link: Link, known: User) -> AnyResponse:
    """They have an account: it is theirs who can sign in to it, not theirs who has the link."""
    if g.session is None or g.session.stage != COMPLETE or g.session.user.id != known.id:
        return shell.to("sign_in", next=url_for("admin.arrive"))
    transact(lambda connection: _carry_out(connection, link, known, {}))
    return _forget(shell.to("home"))


def _carry_out(connection: Connection, link: Link, known: User | None, account: dict[str, Any]) -> User:
    """`account`: what is needed to make one, for `users.create`."""
    now = clock.now()
    links.use(connection, link, now)
    if link.purpose == SETUP and not users.nobody_yet(connection):
        raise links.LinkUnknown
    if link.purpose == RESET:
        if known is None:
            raise links.LinkUnknown
        renewal.new_password(connection, known, account["password_hash"], now)
        return known
    user = known or users.create(connection, **account, now=now)
    if link.purpose == SETUP:
        _take_sites(connection, user)
    if link.site_id is not None and link.role is not None:
        expires = link.role_expires_ms
        roles.grant(connection, user_id=user.id, site_id=link.site_id, role=link.role, now=now, expires_ms=expires)
        deeds.note(connection, user, "invitation_accepted", now, site_id=link.site_id, role=link.role)
    return user


def _take_sites(connection: Connection, user: User) -> None:
    """Sites that were made on the command line have nobody yet: the first account owns them."""
    for site in sites.everyone(connection):
        roles.grant(connection, user_id=user.id, site_id=site.id, role=roles.OWNER, now=clock.now())


def _account(link: Link, email: str, password_hash: str) -> dict[str, Any]:
    form = request.form
    return {
        "email": email,
        "name": form.get("name", ""),
        "password_hash": password_hash,
        "language": form.get("language", "en"),
        "time_zone": form.get("time_zone", "UTC"),
        "may_create_sites": link.purpose == SETUP,
    }


def _page(link: Link, values: dict[str, Any], error: ConsentError | None = None) -> AnyResponse:
    zones = [(zone, zone) for zone in sorted(users.time_zones())]
    known = _known(link) is not None and link.purpose == INVITATION
    problem = shell.explained(error) if error else None
    status = error.status if error else 200
    return shell.page("arrive.html", status, link=link, values=values, zones=zones, known=known, problem=problem)


def _forget(response: AnyResponse) -> AnyResponse:
    response.delete_cookie(COOKIE, path=url_for("admin.arrive"))
    return response
