"""Signing in and out. A new session after each step, and the address to go to afterwards is always one of ours."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import ceremony, oidc, second_factor, sessions, signin
from consent.accounts.sessions import COMPLETE, PASSWORD
from consent.accounts.users import User
from consent.admin import shell
from consent.admin.rules import ANYBODY, SIGNED_IN, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.ratelimit import Limit


def limit() -> Limit:
    found: Limit = current_app.extensions["consent.signin.limit"]
    return found


@blueprint.get("/sign-in")
@open_to(ANYBODY)
def sign_in() -> AnyResponse:
    if g.session and g.session.stage == COMPLETE:
        return redirect(wanted(), 303)
    return page()


@blueprint.post("/sign-in")
@open_to(ANYBODY)
def check_password() -> AnyResponse:
    limit().hit()
    email, password, now = request.form.get("email", ""), request.form.get("password", ""), clock.now()
    with db.engine.connect() as connection:
        row = signin.look_up(connection, email)
    if not signin.check(row, password, now):
        if row is not None and not signin.locked(row, now):
            transact(lambda connection: signin.fail(connection, row.id, now))
        return page(HTTPStatus.UNAUTHORIZED, email=email, problem=shell.text("signing.refused"))
    user = transact(lambda connection: signin.succeed(connection, row))
    return after_first_factor(user, wanted())


def after_first_factor(user: User, then: str) -> AnyResponse:
    """A password, a link for a new one, single sign-on: whoever has turned on a second factor is asked for it."""
    if user.has_second_factor:
        return begin_session(user, PASSWORD, url_for("admin.second_factor_page", next=then))
    return begin_session(user, COMPLETE, then)


def page(status: int = 200, *, email: str = "", problem: str | None = None) -> AnyResponse:
    """With each way of signing in that this platform is set up for."""
    return shell.page(
        "sign_in.html",
        status,
        email=email,
        problem=problem,
        next=wanted(),
        by_mail=bool(shell.settings().smtp_url),
        by_passkey=ceremony.place_of(shell.settings().public_url) is not None,
        by_sso=sso_name() if has_sso() else None,
    )


def has_sso() -> bool:
    return bool(shell.settings().oidc_issuer) and oidc.available()


def sso_name() -> str:
    return shell.settings().oidc_name or shell.text("sso.default_name")


@blueprint.get("/second-factor")
@open_to(ANYBODY)
def second_factor_page() -> AnyResponse:
    if g.session is None or g.session.stage != PASSWORD:
        return shell.to("sign_in")
    return shell.page("second_factor.html")


@blueprint.post("/second-factor")
@open_to(ANYBODY)
def check_code() -> AnyResponse:
    limit().hit()
    if g.session is None or g.session.stage != PASSWORD:
        return shell.to("sign_in")
    if not _code_fits(g.session.user):
        wrong = shell.text("signing.code_wrong")
        return shell.page("second_factor.html", second_factor.CodeWrong.status, problem=wrong)
    return begin_session(g.session.user, COMPLETE, wanted())


def _code_fits(user: User) -> bool:
    """Wrong codes lock as wrong passwords do."""
    code, seal, now = request.form.get("code", ""), shell.seal(), clock.now()
    with db.engine.connect() as connection:
        if signin.locked(signin.look_up(connection, user.email), now):
            return False
    try:
        transact(lambda connection: second_factor.check(connection, user, code, seal=seal, now=now))
    except second_factor.CodeWrong:
        transact(lambda connection: signin.fail(connection, user.id, now))
        return False
    return True


@blueprint.post("/sign-out")
@open_to(SIGNED_IN)
def sign_out() -> AnyResponse:
    session = g.session
    transact(lambda connection: sessions.end(connection, session.id, session.user.id))
    response = shell.to("sign_in")
    shell.delete_cookie(response, shell.cookie_name())
    return response


def begin_session(user: User, stage: str, then: str) -> AnyResponse:
    """The session that they came with, if any, ends here."""
    now, former, device = clock.now(), g.session, shell.device()

    def unit(connection: Connection) -> str:
        if former:
            sessions.end(connection, former.id, former.user.id)
        return sessions.begin(connection, user.id, stage=stage, now=now, **device)

    token = transact(unit)
    response = redirect(then, 303)
    shell.set_cookie(response, shell.cookie_name(), token, int(sessions.LIVES[stage].total_seconds()))
    return response


def wanted() -> str:
    """Where they wanted to go: a path of the web UI, and nothing else."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/admin/") and "\\" not in wanted
    return wanted if ours else url_for("admin.home")
