"""What each chunk of the user interface says, cut out of the whole (consent/policies/wording.py).

The shapes are `Texts` and `Details` of banner/src/ui/types.js. Members that would say null, false or nothing are left
out where the interface reads an absent one the same way.
"""

from collections.abc import Iterable
from typing import Any

from consent.phrases import phrased
from consent.policies import wording
from consent.records.rules import NECESSARY

# Exactly the keys that the source of each chunk reads; a test compares them.
FIRST = (
    *("title", "body", "accept", "reject", "settings", "recipients", "privacy_policy", "gpc", "saved"),
    *("placeholder", "allow_once", "allow_always"),
)
SECOND = (
    *("settings_title", "settings_body", "always_on", "save", "close"),
    *("details", "vendor", "country", "sends", "cookies", "lifetime", "unverified", "none_known", "no_tag"),
    *("vendor_policy", "opt_out", "my_data"),
    *("receipt", "receipt_download", "receipt_none", "decided_at", "withdraw"),
    *("receipt_page", "receipt_lookup", "receipt_logged", "receipt_soon", "receipt_unreachable"),
)

# What people read; all else is for programs: addresses, ids, colours.
_READ = frozenset(
    {"t", "name", "description", "purpose", "purposes", "acquires", "sends", "address", "country", "lifetime"}
)


def first(words: dict[str, Any]) -> dict[str, Any]:
    """For the first layer and the placeholders."""
    parts = {
        **{name: words[name] for name in ("lang", "dir", "layout", "theme", "showings")},
        "t": _keys(words["t"], FIRST),
        "purposes": _purposes(words),
        "privacy_policy": words["privacy_policy"]["url"],
        "categories": [{name: category[name] for name in ("id", "name")} for category in words["categories"]],
        "services": [_named(service) for service in words["services"]],
    }
    return _said(_broken(parts, words["lang"]))


def second(words: dict[str, Any]) -> dict[str, Any]:
    """For the second layer, which has the texts of the first as well."""
    parts = {
        "t": _keys(words["t"], SECOND),
        "categories": words["categories"],
        "services": [_detailed(service, words["lang"]) for service in words["services"]],
        "settings_url": words["settings_url"],
    }
    return _broken(parts, words["lang"])


def _broken(parts: dict[str, Any], language: str) -> dict[str, Any]:
    """With what tells a browser where the lines of a language without spaces may break."""
    broken: dict[str, Any] = _phrased(parts, read=False) if language == "ja" else parts
    return broken


def _phrased(value: Any, *, read: bool) -> Any:
    if isinstance(value, dict):
        return {name: _phrased(each, read=read or name in _READ) for name, each in value.items()}
    if isinstance(value, list):
        return [_phrased(each, read=read) for each in value]
    return phrased(value) if read and isinstance(value, str) else value


def _purposes(words: dict[str, Any]) -> str:
    """Lists are put into words here: in the browser the first `Intl.ListFormat` costs more time than all of the banner."""
    names = [category["name"] for category in words["categories"] if category["id"] != NECESSARY]
    return f"{words['t']['purpose']}: {wording.listed(names, words['lang'])}"


def _keys(texts: dict[str, str], keys: Iterable[str]) -> dict[str, str]:
    return {key: texts[key] for key in keys}


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing. An empty list stays: no cookies is another thing than cookies nobody has verified."""
    return {name: value for name, value in members.items() if value not in (None, False, "")}


def _named(service: dict[str, Any]) -> dict[str, Any]:
    acquires = service["acquires"]
    return _said({"id": service["id"], "name": service["name"], "acquires": acquires and acquires["text"]})


def _detailed(service: dict[str, Any], language: str) -> dict[str, Any]:
    cookies = service["cookies"]
    return _said(
        {
            **_named(service),
            **{name: service[name] for name in ("category", "purpose", "no_tag")},
            "vendor": _said(service["vendor"]),
            "sends": wording.listed(service["sends"], language),
            "cookies": None if cookies is None else [_cookie(cookie) for cookie in cookies],
        }
    )


def _cookie(cookie: dict[str, Any]) -> dict[str, Any]:
    # Without a lifetime, "not verified" stands in its place.
    unverified = bool(cookie["lifetime"]) and cookie["confidence"] == "unverified"
    return _said(
        {**{name: cookie[name] for name in ("name", "domain", "lifetime", "purpose")}, "unverified": unverified}
    )
