"""Passkeys: signing in with one, adding and removing one. The script only carries what browser and platform say."""

from http import HTTPStatus
from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import ceremony, challenges, passkeys
from consent.accounts.ceremony import Made, PasskeyRefused, Place
from consent.accounts.passkeys import Passkey
from consent.accounts.sessions import COMPLETE
from consent.accounts.users import User
from consent.admin import account, shell, signing_in
from consent.admin.rules import ANYBODY, SIGNED_IN, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.http import answer


class PasskeysOff(ConsentError):
    status = 404
    code = "passkeys_off"

    def __init__(self) -> None:
        super().__init__("This platform is not set up for passkeys.")


def _place() -> Place:
    """Raises PasskeysOff."""
    found = ceremony.place_of(shell.settings().public_url)
    if found is None:
        raise PasskeysOff
    return found


def _options(body: str) -> AnyResponse:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


@blueprint.post("/passkeys/sign-in/options")
@open_to(ANYBODY)
def passkey_sign_in_options() -> AnyResponse:
    place, now = _place(), clock.now()
    signing_in.limit().hit()
    challenge = transact(lambda connection: challenges.give(connection, now))
    return _options(ceremony.request_options(place, challenge))


@blueprint.post("/passkeys/sign-in")
@open_to(ANYBODY)
def sign_in_with_passkey() -> AnyResponse:
    """A passkey is two factors: the device, and the PIN, finger or face that it asks for."""
    signing_in.limit().hit()
    try:
        user = _signed_in(_place(), request.form.get("credential", ""))
    except PasskeyRefused as error:
        return signing_in.page(HTTPStatus.UNAUTHORIZED, problem=shell.explained(error))
    return signing_in.begin_session(user, COMPLETE, signing_in.wanted())


def _signed_in(place: Place, credential: str) -> User:
    """Raises PasskeyRefused."""
    shown, now = ceremony.shown(credential), clock.now()
    transact(lambda connection: challenges.take(connection, shown.challenge, now))
    with db.engine.connect() as connection:
        passkey, user = passkeys.whose(connection, shown.credential_id)
    if shown.user_handle != passkey.user_handle:
        raise PasskeyRefused
    count = ceremony.new_count(
        place,
        credential,
        challenge=shown.challenge,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
    )
    transact(lambda connection: passkeys.note_used(connection, passkey, count, now))
    return user


@blueprint.get("/account/passkeys")
@open_to(SIGNED_IN)
def new_passkey() -> AnyResponse:
    if ceremony.place_of(shell.settings().public_url) is None:
        return shell.to("account")
    return _new_page()


def _new_page(error: ConsentError | None = None) -> AnyResponse:
    device = shell.device()
    guess = f"{device['browser_family'].capitalize()} · {shell.text('account.devices.' + device['device_class'])}"
    return shell.page(
        "new_passkey.html",
        error.status if error else 200,
        name=request.form.get("name", guess),
        problem=shell.explained(error) if error else None,
    )


@blueprint.post("/account/passkeys/options")
@open_to(SIGNED_IN)
def new_passkey_options() -> AnyResponse:
    """With the password: whoever finds an open session does not get a key of their own."""
    place, user, session, now = _place(), shell.user(), g.session, clock.now()
    try:
        account.check_present_password()
    except ConsentError as error:
        return answer({"problem": shell.explained(error)}, error.status)
    with db.engine.connect() as connection:
        known = [each.credential_id for each in passkeys.of_user(connection, user.id)]
        handle = passkeys.handle_of(connection, user.id)
    given = {"session_id": session.id, "user_handle": handle}
    challenge = transact(lambda connection: challenges.give(connection, now, **given))
    about: dict[str, Any] = {"user_handle": handle, "email": user.email, "name": user.name, "known": known}
    return _options(ceremony.creation_options(place, challenge, **about))


@blueprint.post("/account/passkeys")
@open_to(SIGNED_IN)
def add_passkey() -> AnyResponse:
    user, name, credential, now = (
        shell.user(),
        request.form.get("name", ""),
        request.form.get("credential", ""),
        clock.now(),
    )
    try:
        handle, made = _made(_place(), credential)
        transact(lambda connection: passkeys.add(connection, user, made, handle=handle, name=name, now=now))
    except ConsentError as error:
        return _new_page(error)
    return shell.to("account", saved="passkey")


def _made(place: Place, credential: str) -> tuple[bytes, Made]:
    """Raises PasskeyRefused."""
    challenge, session, now = ceremony.challenge_of_new(credential), g.session, clock.now()
    handle = transact(lambda connection: challenges.take(connection, challenge, now, session_id=session.id))
    if handle is None:
        raise PasskeyRefused
    return handle, ceremony.made(place, credential, challenge=challenge)


@blueprint.get("/account/passkeys/<int:passkey_id>")
@open_to(SIGNED_IN)
def passkey(passkey_id: int) -> AnyResponse:
    return _passkey_page(_mine(passkey_id))


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@open_to(SIGNED_IN)
def remove_passkey(passkey_id: int) -> AnyResponse:
    found, user, now = _mine(passkey_id), shell.user(), clock.now()
    try:
        account.check_present_password()
    except account.PasswordWrong as error:
        return _passkey_page(found, error)
    transact(lambda connection: passkeys.remove(connection, user, passkey_id, now))
    return shell.to("account", saved="passkey_removed")


def _mine(passkey_id: int) -> Passkey:
    """Raises PasskeyUnknown, also where it is somebody else's."""
    with db.engine.connect() as connection:
        return passkeys.find(connection, passkey_id=passkey_id, user_id=shell.user().id)


def _passkey_page(found: Passkey, error: ConsentError | None = None) -> AnyResponse:
    problem, status = (shell.explained(error), error.status) if error else (None, 200)
    return shell.page("passkey.html", status, passkey=found, problem=problem)
