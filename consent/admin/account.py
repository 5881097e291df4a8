"""A user's own account: profile, password, second factor, sessions."""

from typing import Any

import segno
from flask import g, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import (
    ceremony,
    deeds,
    identities,
    passkeys,
    passwords,
    renewal,
    second_factor,
    sessions,
    signin,
    users,
)
from consent.admin import shell
from consent.admin.rules import SIGNED_IN, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError


class PasswordWrong(ConsentError):
    """The one that they have now, asked for before it can be changed."""

    status = 422
    code = "password_wrong"

    def __init__(self) -> None:
        super().__init__("Your present password does not fit.")


@blueprint.get("/account")
@open_to(SIGNED_IN)
def account() -> AnyResponse:
    return _page()


@blueprint.post("/account/profile")
@open_to(SIGNED_IN)
def change_profile() -> AnyResponse:
    form, user = request.form, shell.user()
    profile = {name: form.get(name, "") for name in ("name", "language", "time_zone")}
    try:
        transact(lambda connection: users.change(connection, user.id, **profile))
    except users.UserInvalid as error:
        return _page(error)
    return shell.to("account", saved="profile")


@blueprint.post("/account/password")
@open_to(SIGNED_IN)
def change_password() -> AnyResponse:
    """Every other session ends: whoever had the old password is out."""
    user, session, new = shell.user(), g.session, request.form.get("password", "")
    try:
        check_present_password()
        passwords.check(new, user.email)
    except ConsentError as error:
        return _page(error)
    hashed = passwords.hashed(new)

    now = clock.now()
    transact(lambda connection: renewal.new_password(connection, user, hashed, now, keep_session=session.id))
    return shell.to("account", saved="password")


def check_present_password() -> None:
    """Raises PasswordWrong; wrong ones count as at signing in."""
    now, user = clock.now(), shell.user()
    with db.engine.connect() as connection:
        row = signin.look_up(connection, user.email)
    if not signin.check(row, request.form.get("present", ""), now):
        transact(lambda connection: signin.fail(connection, user.id, now))
        raise PasswordWrong


@blueprint.get("/account/second-factor")
@open_to(SIGNED_IN)
def set_up_second_factor() -> AnyResponse:
    return _second_factor_page(second_factor.new_secret())


@blueprint.post("/account/second-factor")
@open_to(SIGNED_IN)
def turn_on_second_factor() -> AnyResponse:
    user, secret, now = shell.user(), request.form.get("secret", ""), clock.now()
    code, seal = request.form.get("code", ""), shell.seal()

    def unit(connection: Connection) -> list[str]:
        codes = second_factor.turn_on(connection, user, secret, seal=seal, code=code, now=now)
        deeds.note(connection, user, "second_factor_on", now)
        return codes

    try:
        check_present_password()
        codes = transact(unit)
    except ConsentError as error:
        return _second_factor_page(secret, error)
    return shell.page("recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/off")
@open_to(SIGNED_IN)
def turn_off_second_factor() -> AnyResponse:
    user = shell.user()

    def unit(connection: Connection) -> None:
        second_factor.turn_off(connection, user.id)
        deeds.note(connection, user, "second_factor_off", clock.now())

    try:
        check_present_password()
    except PasswordWrong as error:
        return _page(error)
    transact(unit)
    return shell.to("account", saved="second_factor_off")


@blueprint.post("/account/sessions/<int:session_id>/end")
@open_to(SIGNED_IN)
def end_session(session_id: int) -> AnyResponse:
    user = shell.user()
    transact(lambda connection: sessions.end(connection, session_id, user.id))
    return shell.to("account", saved="session")


def _page(error: ConsentError | None = None) -> AnyResponse:
    with db.engine.connect() as connection:
        living = sessions.of_user(connection, shell.user(), clock.now())
        keys = passkeys.of_user(connection, shell.user().id)
        linked = identities.of_user(connection, shell.user().id)
    saved = request.args.get("saved", "")
    return shell.page(
        "account.html",
        error.status if error else 200,
        sessions=living,
        passkeys=keys,
        linked=linked,
        has_passkeys=ceremony.place_of(shell.settings().public_url) is not None,
        zones=[(zone, zone) for zone in sorted(users.time_zones())],
        said=shell.text(f"account.saved.{saved}") if saved in SAVED else None,
        problem=shell.explained(error) if error else None,
    )


SAVED = ("profile", "password", "second_factor_off", "session", "passkey", "passkey_removed", "sso_unlinked")


def _second_factor_page(secret: str, error: ConsentError | None = None) -> AnyResponse:
    address = second_factor.uri(secret, shell.user().email)
    values: dict[str, Any] = {"secret": secret, "qr": segno.make(address).svg_data_uri(scale=5, border=2)}
    problem = shell.explained(error) if error else None
    back = url_for("admin.account")
    return shell.page("second_factor_set_up.html", error.status if error else 200, problem=problem, back=back, **values)
