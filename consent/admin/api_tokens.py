"""API tokens of a site: made, shown once, revoked."""

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds, tokens
from consent.admin import shell
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact

LIVES = (30, 90, 365, tokens.LONGEST_LIFE)
_EMPTY = {"label": "", "role": "site", "days": "365"}


@blueprint.get("/sites/<site_key>/tokens")
@open_to(OWNERS)
def api_tokens() -> AnyResponse:
    said = shell.text("tokens.revoked_now") if "saved" in request.args else None
    return _page(_EMPTY, said=said)


@blueprint.post("/sites/<site_key>/tokens")
@open_to(OWNERS)
def create_api_token() -> AnyResponse:
    """The token is in this answer and nowhere else: only its hash is kept."""
    user, site, now = shell.user(), shell.site(), clock.now()
    form = {name: request.form.get(name, "").strip() for name in _EMPTY}
    label, role, days = form["label"], form["role"], _days(form["days"])

    def unit(connection: Connection) -> str:
        made = tokens.create(connection, role=role, label=label, days=days, site_id=site.id, now=now)
        made_id = tokens.identify(connection, made, now).id
        deeds.note(connection, user, "token_created", now, site_id=site.id, token_id=made_id, role=role, days=days)
        return made

    try:
        token = transact(unit)
    except tokens.TokenNotMade as error:
        return _page(form, error.status, problem=shell.explained(error))
    return shell.page("token_made.html", section="api_tokens", token=token, label=label)


@blueprint.post("/sites/<site_key>/tokens/<int:token_id>/revoke")
@open_to(OWNERS)
def revoke_api_token(token_id: int) -> AnyResponse:
    user, site, now = shell.user(), shell.site(), clock.now()

    def unit(connection: Connection) -> bool:
        done = tokens.revoke(connection, token_id, now, site_id=site.id)
        if done:
            deeds.note(connection, user, "token_revoked", now, site_id=site.id, token_id=token_id)
        return done

    if not transact(unit):
        return _page(_EMPTY, 404, problem=shell.text("tokens.unknown"))
    return shell.to("api_tokens", saved=1)


def _days(text: str) -> int:
    """0, which is refused, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _page(
    form: dict[str, str], status: int = 200, *, said: str | None = None, problem: str | None = None
) -> AnyResponse:
    with db.engine.connect() as connection:
        found = tokens.of_site(connection, shell.site().id)
    return shell.page(
        "api_tokens.html",
        status,
        section="api_tokens",
        tokens=sorted(found, key=lambda token: -token.id),
        now_ms=clock.to_ms(clock.now()),
        roles=[(role, shell.text(f"tokens.roles.{role}")) for role in reversed(tokens.ROLES)],
        lives=[(str(days), shell.text("tokens.days").format(days=days)) for days in LIVES],
        form=form,
        said=said,
        problem=problem,
    )
