"""Single sign-on: to the provider and back. What was begun stays in the browser, in a sealed cookie of its own."""

import structlog
from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import identities, oidc
from consent.accounts.identities import SsoTaken, SsoUnknown
from consent.accounts.provider import Client, SsoFailed
from consent.admin import shell, signing_in
from consent.admin.rules import ANYBODY, open_to
from consent.admin.shell import blueprint
from consent.db import transact

log = structlog.get_logger("sso")


def _client() -> Client:
    config = shell.settings()
    back = f"{config.public_url}{url_for('admin.sso_return')}"
    return Client(config.oidc_issuer, config.oidc_client_id, config.oidc_client_secret, back)


def _cookie() -> str:
    return shell.cookie_name("sso")


@blueprint.get("/sso")
@open_to(ANYBODY)
def sso() -> AnyResponse:
    """A link and no form: the page's policy lets no form end up at another origin."""
    if not signing_in.has_sso():
        return shell.to("sign_in")
    signing_in.limit().hit()
    try:
        address, attempt = oidc.begin(_client(), then=signing_in.wanted(), now=clock.now())
    except SsoFailed as error:
        return _failed(error)
    response = redirect(address, 303)
    text, age = oidc.sealed(attempt, shell.seal()), int(oidc.LIVES.total_seconds())
    shell.set_cookie(response, _cookie(), text, age)
    return response


@blueprint.get("/sso/return")
@open_to(ANYBODY)
def sso_return() -> AnyResponse:
    """Counted like other ways of signing in. Whatever comes of it, the attempt is used up."""
    if not signing_in.has_sso():
        return shell.to("sign_in")
    signing_in.limit().hit()
    try:
        response = _signed_in()
    except SsoFailed as error:
        response = _failed(error)
    except (SsoUnknown, SsoTaken) as error:
        taken = isinstance(error, SsoTaken)
        response = shell.page(
            "sso_unknown.html", error.status, email=error.email, taken=taken, name=signing_in.sso_name()
        )
    shell.delete_cookie(response, _cookie())
    return response


def _signed_in() -> AnyResponse:
    """Raises SsoFailed, SsoUnknown, SsoTaken."""
    now = clock.now()
    attempt = oidc.opened(request.cookies.get(_cookie(), ""), shell.seal(), now)
    identity = oidc.finish(_client(), attempt, request.args, now)
    user = transact(lambda connection: identities.owner(connection, identity, now))
    return signing_in.after_first_factor(user, attempt.then)


def _failed(error: SsoFailed) -> AnyResponse:
    log.warning("sso_failed", reason=error.reason)
    said = shell.text("sso.denied" if error.reason == "denied" else "sso.failed")
    return signing_in.page(error.status, problem=said.format(name=signing_in.sso_name()))
