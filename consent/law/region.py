"""Where a visitor is, as far as the platform may know: what a trusted proxy says, or a database of addresses on this machine.

Nobody else is asked, and the address goes nowhere. What is not known is None, and None is never laxer (choosing.py).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import maxminddb
from babel import Locale
from flask import Flask, Request, current_app

from consent.config import Config, ConfigError

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
# In CLDR's list and no country: groups of them, and placeholders. What is not in the list at all (`XX`, `T1` for Tor, `UK`,
# MaxMind's `AP`) is unknown too: a code that no pack could name must not end at a lax default.
_GROUPS = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
HEADER, DATABASE, NONE = "header", "geoip", "none"


@dataclass(frozen=True)
class Region:
    """`code`: ISO 3166-1 or 3166-2, or None. `source`: `header`, `geoip` or `none`, as records name it."""

    code: str | None
    source: str


NOWHERE = Region(None, NONE)


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None and text[:2] in countries()


@cache
def countries() -> frozenset[str]:
    """And the numbered regions of CLDR."""
    return frozenset(Locale("en").territories) - _GROUPS


class Locator:
    """Raises ConfigError where the database cannot be read: a start that fails is better than one that knows nobody."""

    def __init__(self, config: Config) -> None:
        self._headers = config.region_header
        self._database = _opened(config.geoip_file) if config.geoip_file else None

    def locate(self, asked: Request) -> Region:
        code = self._by_header(asked)
        if code:
            return Region(code, HEADER)
        code = self._by_address(asked.remote_addr)
        return Region(code, DATABASE) if code else NOWHERE

    def _by_header(self, asked: Request) -> str | None:
        """`JP` or `US-CA` in one header, or country and subdivision in two."""
        parts = [asked.headers.get(name, "").strip().upper() for name in self._headers]
        code = "-".join(part for part in parts if part)
        return code if parts and parts[0] and is_code(code) else None

    def _by_address(self, address: str | None) -> str | None:
        try:
            row: Any = self._database.get(address) if self._database and address else None
        except ValueError:  # not an address, or an IPv6 one in a database of IPv4
            return None
        country = _iso(row, "country")
        parts = (row.get("subdivisions") or []) if isinstance(row, dict) else []
        subdivision = parts[0].get("iso_code") if parts and isinstance(parts[0], dict) else None
        code = f"{country}-{subdivision}" if subdivision else country
        return code if code and is_code(code) else country if country and is_code(country) else None


def _iso(row: Any, name: str) -> str | None:
    member = row.get(name) if isinstance(row, dict) else None
    return member.get("iso_code") if isinstance(member, dict) else None


def _opened(path: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise ConfigError([f"CONSENT_GEOIP_FILE cannot be read: {error}"]) from None


def init_app(app: Flask, config: Config) -> None:
    app.extensions["consent.locator"] = Locator(config)


def locate(asked: Request) -> Region:
    locator: Locator = current_app.extensions["consent.locator"]
    return locator.locate(asked)
