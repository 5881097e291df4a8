"""Creating, finding and changing sites."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger.logs import open_log
from consent.sites.models import site_table
from consent.sites.values import SiteInvalid, normal_domain, normal_name, normal_origins

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,39}")


class SiteUnknown(ConsentError):
    status = 404
    code = "site_unknown"

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no site with the key {key!r}.")


@dataclass(frozen=True)
class Site:
    id: int
    key: str
    name: str
    origins: frozenset[str]
    log_origin: str
    cookie_domain: str | None
    needs_review: bool = False
    stopped_ms: int | None = None


def create(
    connection: Connection,
    *,
    name: str,
    origins: list[str],
    now: datetime,
    key: str | None = None,
    cookie_domain: str | None = None,
) -> Site:
    """Also opens the log of the site. Raises SiteInvalid."""
    key = key or secrets.token_urlsafe(9).replace("-", "x").replace("_", "y")
    if not _KEY.fullmatch(key):
        detail = f"{key!r} is not a site key: 3 to 40 letters, digits, - and _."
        raise SiteInvalid(detail, field="key", reason="key_malformed", value=key)
    normal = normal_origins(origins)
    row = {
        "key": key,
        "name": normal_name(name),
        "origins": orjson.dumps(normal).decode(),
        "log_origin": f"{urlsplit(normal[0]).netloc}/consent/{key}",  # a URL without a scheme (C2SP tlog-checkpoint)
        "cookie_domain": normal_domain(cookie_domain),
        "created_ms": to_ms(now),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(site_table).values(row))
    except IntegrityError:
        raise SiteInvalid(f"The key {key!r} is taken.", field="key", reason="key_taken", value=key) from None
    made = find(connection, key)
    open_log(connection, made.id, made.log_origin, now)
    return made


def set_origins(connection: Connection, site: Site, origins: list[str]) -> Site:
    """Replaces the origins. Raises SiteInvalid."""
    value = orjson.dumps(normal_origins(origins)).decode()
    connection.execute(update(site_table).where(site_table.c.id == site.id).values(origins=value))
    return find(connection, site.key)


def _site(row: Any) -> Site:
    return Site(
        row.id,
        row.key,
        row.name,
        frozenset(orjson.loads(row.origins)),
        row.log_origin,
        row.cookie_domain,
        row.needs_review,
        row.stopped_ms,
    )


def find(connection: Connection, key: str) -> Site:
    """Raises SiteUnknown."""
    # What cannot be a key is not looked for: PostgreSQL would refuse a NUL, and the visitor would get a 500.
    statement = select(site_table).where(site_table.c.key == key)
    row = connection.execute(statement).one_or_none() if _KEY.fullmatch(key) else None
    if row is None:
        raise SiteUnknown(key)
    return _site(row)


def by_id(connection: Connection, site_id: int) -> Site | None:
    row = connection.execute(select(site_table).where(site_table.c.id == site_id)).one_or_none()
    return _site(row) if row else None


def everyone(connection: Connection) -> list[Site]:
    return [_site(row) for row in connection.execute(select(site_table).order_by(site_table.c.id))]
