"""API tokens: made once, shown once, kept as a hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from consent.accounts.models import api_token_table
from consent.accounts.safe import new_token, token_hash
from consent.clock import to_ms
from consent.errors import ConsentError

# auditor: exports the log. site: the site's own server, asks for states and records decisions for its visitors.
ROLES = ("auditor", "site")
PREFIX = "cst_"
LONGEST_LIFE = 730  # days
LONGEST_LABEL = 200


class TokenMissing(ConsentError):
    status = 401
    code = "token_missing"

    def __init__(self) -> None:
        super().__init__("This needs an API token: Authorization: Bearer …", headers={"WWW-Authenticate": "Bearer"})


class TokenInvalid(ConsentError):
    status = 401
    code = "token_invalid"

    def __init__(self) -> None:
        super().__init__("The API token is unknown, expired or revoked.", headers={"WWW-Authenticate": "Bearer"})


class TokenForbidden(ConsentError):
    status = 403
    code = "token_forbidden"


class TokenNotMade(ConsentError):
    status = 422
    code = "token_not_made"

    def __init__(self) -> None:
        super().__init__(
            f"A token needs one of the roles {', '.join(ROLES)}, 1 to {LONGEST_LIFE} days, and a label of at most "
            f"{LONGEST_LABEL} characters."
        )


@dataclass(frozen=True)
class ApiToken:
    id: int
    role: str
    site_id: int
    label: str
    created_ms: int
    expires_ms: int
    revoked_ms: int | None


def create(connection: Connection, *, role: str, site_id: int, label: str, days: int, now: datetime) -> str:
    """Stores the hash and returns the token, which nobody can show again. Raises TokenNotMade."""
    if role not in ROLES or not 1 <= days <= LONGEST_LIFE or len(label) > LONGEST_LABEL:
        raise TokenNotMade
    token = PREFIX + new_token()
    connection.execute(
        insert(api_token_table).values(
            token_hash=token_hash(token),
            role=role,
            site_id=site_id,
            label=label,
            created_ms=to_ms(now),
            expires_ms=to_ms(now + timedelta(days=days)),
        )
    )
    return token


def _token(row: Any) -> ApiToken:
    return ApiToken(row.id, row.role, row.site_id, row.label, row.created_ms, row.expires_ms, row.revoked_ms)


def identify(connection: Connection, token: str, now: datetime) -> ApiToken:
    """Raises TokenInvalid for an unknown, expired or revoked token, without saying which."""
    row = connection.execute(
        select(api_token_table).where(api_token_table.c.token_hash == token_hash(token))
    ).one_or_none()
    if row is None or row.revoked_ms is not None or row.expires_ms <= to_ms(now):
        raise TokenInvalid
    return _token(row)


def revoke(connection: Connection, token_id: int, now: datetime, *, site_id: int | None = None) -> bool:
    """False where there is no such token or it is revoked already. `site_id`: of this site only."""
    valid = update(api_token_table).where(api_token_table.c.id == token_id, api_token_table.c.revoked_ms.is_(None))
    if site_id is not None:
        valid = valid.where(api_token_table.c.site_id == site_id)
    return connection.execute(valid.values(revoked_ms=to_ms(now))).rowcount == 1


def of_site(connection: Connection, site_id: int) -> list[ApiToken]:
    rows = connection.execute(
        select(api_token_table).where(api_token_table.c.site_id == site_id).order_by(api_token_table.c.id)
    )
    return [_token(row) for row in rows]
