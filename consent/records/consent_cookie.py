"""The visitor's consent cookie, as the banner writes it (docs/reference/cookie.md).

The server writes it too where it is same-site with the site: Safari keeps what a script has set for seven days only.
"""

from typing import Any

import orjson

from consent.records.rules import Rules

_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def fnv_1a(data: bytes) -> int:
    value = _FNV_OFFSET
    for byte in data:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value


def checksum(site_key: str, text: str) -> str:
    """FNV-1a, 32 bit: finds a damaged cookie or one of another site. It is no signature and protects nothing."""
    return f"{fnv_1a(f'{site_key}|{text}'.encode()):x}"


def cookie_value(site_key: str, row: dict[str, Any], rules: Rules, token: str) -> str:
    granted = [name for name, on in orjson.loads(row["categories"]).items() if on]
    granted += [f".{name}" for name, on in orjson.loads(row["services"]).items() if on]
    text = (
        f"v=1&p={row['policy_version'][:16]}&m={rules.material_since}"
        f"&t={row['received_ms'] // 1000}&e={row['expires_ms'] // 1000}"
        f"&d={row['decision']}&g={'~'.join(granted)}&i={token}"
    )
    return f"{text}&k={checksum(site_key, text)}"


def token_in(value: str) -> str:
    """The visitor token of a cookie; it is signed, so that nothing else of the cookie has to be believed."""
    return next((field[2:] for field in value.split("&") if field.startswith("i=")), "")
