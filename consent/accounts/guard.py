"""Who may call what, with a bearer token. Accounts knows a site by its id only."""

from flask import Request

from consent import clock
from consent.accounts.tokens import ApiToken, TokenForbidden, TokenMissing, identify
from consent.db import db


def bearer(request: Request) -> str | None:
    """The token of the Authorization header, or None where the request has no such header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def require(request: Request, *, role: str, site_id: int) -> ApiToken:
    """Raises TokenMissing, TokenInvalid, TokenForbidden."""
    value = bearer(request)
    if value is None:
        raise TokenMissing
    with db.engine.connect() as connection:
        token = identify(connection, value, clock.now())
    if token.role != role or token.site_id != site_id:
        raise TokenForbidden(f"The API token may not do this: it needs the role {role} on this site.")
    return token
