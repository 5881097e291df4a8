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

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,39}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


class SiteUnknown(ConsentError):
    status = 404
    code = "site_unknown"

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no site with the key {key!r}.")


class SiteInvalid(ConsentError):
    status = 422
    code = "site_invalid"


@dataclass(frozen=True)
class Site:
    id: int
    key: str
    name: str
    origins: frozenset[str]
    log_origin: str
    cookie_domain: str | None


def normal_origin(text: str) -> str:
    """`https://www.example.co.jp`, as a browser writes it in the Origin header. Raises SiteInvalid."""
    parts = urlsplit(text.strip().lower())
    try:
        port = parts.port
    except ValueError:
        raise SiteInvalid(f"{text!r} has no valid port.") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.path.strip("/")
        or parts.query
    ):
        raise SiteInvalid(f"{text!r} is not an origin such as https://www.example.co.jp.")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if port in (None, default) else f"{parts.scheme}://{host}:{port}"


def _check_domain(domain: str | None) -> None:
    if domain is not None and not _DOMAIN.fullmatch(domain):
        raise SiteInvalid(f"{domain!r} is not a domain such as example.co.jp.")


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
        raise SiteInvalid(f"{key!r} is not a site key: 3 to 40 letters, digits, - and _.")
    if not name.strip() or not origins:
        raise SiteInvalid("A site needs a name and at least one origin.")
    _check_domain(cookie_domain)
    normal = sorted({normal_origin(origin) for origin in origins})
    row = {
        "key": key,
        "name": name.strip(),
        "origins": orjson.dumps(normal).decode(),
        "log_origin": f"{urlsplit(normal[0]).netloc}/consent/{key}",  # a URL without a scheme (C2SP tlog-checkpoint)
        "cookie_domain": cookie_domain,
        "created_ms": to_ms(now),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(site_table).values(row))
    except IntegrityError:
        raise SiteInvalid(f"The key {key!r} is taken.") from None
    made = find(connection, key)
    open_log(connection, made.id, made.log_origin, now)
    return made


def set_origins(connection: Connection, site: Site, origins: list[str]) -> Site:
    """Replaces the origins. Raises SiteInvalid."""
    if not origins:
        raise SiteInvalid("A site needs at least one origin.")
    value = orjson.dumps(sorted({normal_origin(origin) for origin in origins})).decode()
    connection.execute(update(site_table).where(site_table.c.id == site.id).values(origins=value))
    return find(connection, site.key)


def _site(row: Any) -> Site:
    return Site(row.id, row.key, row.name, frozenset(orjson.loads(row.origins)), row.log_origin, row.cookie_domain)


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
