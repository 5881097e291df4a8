"""A user's link with single sign-on: it is made by signing in, and taken off here."""

from urllib.parse import urlsplit

from flask import g
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import identities
from consent.accounts.identities import Linked
from consent.admin import account, shell, signing_in
from consent.admin.rules import SIGNED_IN, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact


@blueprint.get("/account/sso")
@open_to(SIGNED_IN)
def sso_link() -> AnyResponse:
    return _page(_mine())


@blueprint.post("/account/sso/unlink")
@open_to(SIGNED_IN)
def unlink_sso() -> AnyResponse:
    """With the password: it shows that they can still sign in afterwards."""
    linked, user, session, now = _mine(), shell.user(), g.session, clock.now()
    try:
        account.check_present_password()
    except account.PasswordWrong as error:
        return _page(linked, error)
    transact(lambda connection: identities.unlink(connection, user, now, keep_session=session.id))
    return shell.to("account", saved="sso_unlinked")


def _mine() -> list[Linked]:
    with db.engine.connect() as connection:
        return identities.of_user(connection, shell.user().id)


def _page(linked: list[Linked], error: account.PasswordWrong | None = None) -> AnyResponse:
    problem, status = (shell.explained(error), error.status) if error else (None, 200)
    named = [(_name(each.issuer), each.created_ms) for each in linked]
    return shell.page("sso_link.html", status, linked=named, problem=problem)


def _name(issuer: str) -> str:
    """What the button for signing in calls it; of a former provider its host."""
    return signing_in.sso_name() if issuer == shell.settings().oidc_issuer else urlsplit(issuer).hostname or issuer
