"""What a policy says in one language, every string final: whoever shows it formats nothing and glues nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from babel import Locale
from babel.dates import format_timedelta
from babel.lists import format_list

from consent.law.terms import Terms
from consent.policies import law, locales

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_DAY = 86_400
Unit = Literal["year", "month", "day", "hour", "minute", "second"]


def compose(
    document: dict[str, Any], language: str, settings_url: str, *, early: Terms | None = None
) -> dict[str, Any]:
    """The texts object of the UI chunk and of the settings page. `early`: the law, where tags may run before a decision."""
    return {
        "lang": language,
        "dir": direction(language),
        "t": _texts(document, language, early),
        "controller": {
            "name": _in(document["controller"]["name"], language),
            "url": _in(document["controller"]["inquiry_url"], language),
        },
        "privacy_policy": {
            "url": _in(document["privacy_policy"]["url"], language),
            "version": document["privacy_policy"]["version"],
        },
        "layout": {name: document["layout"][name] for name in ("first", "position")},
        "theme": {**document["theme"], "radius": f"{document['theme']['radius']}px"},
        "categories": [_category(category, language) for category in document["categories"]],
        "services": [_service(service, document, language) for service in document["services"]],
        "settings_url": settings_url,
        "showings": document["recording"].get("showings", False),  # not in what was published before there were any
    }


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _in(text: Any, language: str) -> Any:
    return text[language] if isinstance(text, dict) else text


def _texts(document: dict[str, Any], language: str, early: Terms | None) -> dict[str, str]:
    # A version that was published before a text was written has none of its own for it.
    texts = {**locales.built_in("en"), **locales.built_in(language), **document["texts"][language]}
    if early:
        texts |= _notice(document, language, early)
    recipients = {service["vendor"] for service in document["services"] if service["category"] != "necessary"}
    texts["recipients"] = texts["recipients"].replace("{count}", str(len(recipients)))
    name = _in(document["controller"]["name"], language)
    return {key: text.replace("{site}", name) for key, text in texts.items()}


def _notice(document: dict[str, Any], language: str, terms: Terms) -> dict[str, str]:
    """Says of what waits for a consent that it waits, and of what the browser's signal keeps off that it is off."""
    said = document["law"]
    if "notice_part" not in said:  # published before there was one
        return {"body": said["notice"][language]}
    on, off = _running(document, language, terms, signal=False)
    texts = {"body": locales.fill(said["notice_part" if off else "notice"][language], running=listed(on, language))}
    _, quiet = _running(document, language, terms, signal=True)
    if quiet and document["texts"][language]["gpc"] == locales.built_in(language).get("gpc"):
        texts["gpc"] = locales.fill(said["notice_signal"][language], off=listed(quiet, language))
    return texts


def _running(document: dict[str, Any], language: str, terms: Terms, *, signal: bool) -> tuple[list[str], list[str]]:
    """The names of the purposes for which something runs before a decision, and of the others."""
    running = law.runs(document, terms, signal=signal)
    optional = [each for each in document["categories"] if each["id"] != law.NECESSARY]
    names = {each["id"]: str(_in(each["name"], language)) for each in optional}
    return [names[each] for each in names if each in running], [names[each] for each in names if each not in running]


def _category(category: dict[str, Any], language: str) -> dict[str, str]:
    return {
        "id": category["id"],
        "name": _in(category["name"], language),
        "description": _in(category["description"], language),
    }


def _service(service: dict[str, Any], document: dict[str, Any], language: str) -> dict[str, Any]:
    vendor, texts = document["vendors"][service["vendor"]], document["texts"][language]
    return {
        "id": service["id"],
        "category": service["category"],
        "name": _in(service["name"], language),
        "purpose": _in(service["purpose"], language),
        "vendor": {
            "name": _in(vendor["name"], language),
            "address": _in(vendor["address"], language),
            "country": country_name(vendor["country"], language),
            "policy_url": vendor["policy_url"],
            "opt_out_url": service["opt_out_url"],
        },
        "sends": [_in(item["text"], language) for item in service["sends"]],
        # null: nobody has verified them yet, which is not the same as none
        "cookies": [_cookie(cookie, texts, language) for cookie in service["cookies"]]
        if service["cookies_known"]
        else None,
        "acquires": _acquires(service["acquires"], language),
        "no_tag": service["no_tag"],
    }


def listed(items: list[str], language: str) -> str:
    """`A, B and C`, as the language says it."""
    return format_list(items, locale=locale(language))


def locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def country_name(code: str | None, language: str) -> str | None:
    return locale(language).territories.get(code, code) if code else None


def language_name(language: str) -> str:
    """The language in its own words."""
    return locale(language).get_display_name() or language


def lifetime(seconds: int | None, texts: Mapping[str, Any], language: str) -> str | None:
    """`2 years`, `30 minutes` in the language; None where nobody has verified it."""
    if seconds is None:
        return None
    if seconds <= 0:
        return str(texts["session" if seconds == 0 else "until_deleted"])
    units: tuple[tuple[Unit, int], ...] = (
        ("year", 365 * _DAY),
        ("month", 30 * _DAY),
        ("day", _DAY),
        ("hour", 3600),
        ("minute", 60),
    )
    # The largest unit that divides evenly: Babel's own rounding would call 400 days "1 year".
    unit: Unit = next((name for name, length in units if seconds % length == 0), "second")
    exact = timedelta(seconds=seconds)
    return format_timedelta(exact, granularity=unit, threshold=10**9, locale=locale(language))


def _cookie(cookie: dict[str, Any], texts: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "name": cookie["name"],
        "kind": cookie["kind"],
        "domain": cookie["domain"],
        "lifetime": lifetime(cookie["lifetime_s"], texts, language),
        "purpose": _in(cookie["purpose"], language),
        "confidence": cookie["confidence"],
    }


def _acquires(acquires: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    if acquires is None:
        return None
    return {
        "recipient": _in(acquires["recipient"], language),
        "items": [_in(item, language) for item in acquires["items"]],
        "text": _in(acquires["text"], language),
    }
