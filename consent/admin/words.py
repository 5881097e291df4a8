"""What the web UI says: consent/locales/admin/<language>/<part>.yaml, and how it writes times and numbers."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import g
from markupsafe import Markup

from consent import own_data
from consent.accounts.users import LANGUAGES as LANGUAGES
from consent.clock import from_ms, wire


@cache
def texts(language: str) -> Mapping[str, Mapping[str, Any]]:
    """{part: {key: text}}"""
    return own_data.read_folder(files("consent") / "locales" / "admin" / language)


def moment(milliseconds: int | None) -> Markup:
    """A time in the user's zone; UTC to the millisecond on hover, and for machines."""
    if milliseconds is None:
        return Markup("–")
    text = plain_moment(milliseconds)
    exact = wire(milliseconds)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(exact, exact.replace("T", " ")[:-1], text)


def plain_moment(milliseconds: int) -> str:
    """The same where no markup can stand."""
    return str(format_datetime(from_ms(milliseconds), "medium", tzinfo=ZoneInfo(g.time_zone), locale=g.language))


def language(tag: str) -> str:
    """The name of a language in the user's; the tag itself where it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(g.language) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def percent(share: float) -> str:
    return str(format_percent(share, "#,##0.0%", locale=g.language))


def points(difference: float) -> str:
    """Percentage points, with their sign."""
    return str(format_decimal(round(difference, 1), "+#,##0.0;-#,##0.0", locale=g.language))


def last_day(end_ms: int) -> str:
    """The last day of something that ends in this millisecond, in the user's zone."""
    return format_date(_last_day(end_ms), "medium", locale=g.language)


def last_day_field(end_ms: int | None) -> str:
    """The same for `<input type=date>`."""
    return "" if end_ms is None else _last_day(end_ms).isoformat()


def _last_day(end_ms: int) -> date:
    return from_ms(end_ms - 1).astimezone(ZoneInfo(g.time_zone)).date()


def number(value: int | None) -> str:
    return "–" if value is None else str(format_decimal(value, locale=g.language))
