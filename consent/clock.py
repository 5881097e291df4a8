"""The one source of time: aware UTC datetimes inside, milliseconds in the database, RFC 3339 with `Z` on the wire."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_JAPAN = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def wire(milliseconds: int) -> str:
    """RFC 3339 with milliseconds and `Z`."""
    return from_ms(milliseconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_wire(text: str) -> datetime:
    """An RFC 3339 time with an offset; a naive one is refused, because nobody can say what it means. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, for example 2026-01-31T09:00:00Z")
    return moment.astimezone(UTC)


def day_in_japan(moment: datetime) -> date:
    """Of registers and statements: the law that asks for them counts its days there."""
    return moment.astimezone(_JAPAN).date()


def end_of_day(day: date, zone: str) -> int:
    """The millisecond in which the next day begins there. Raises OverflowError at the end of the calendar."""
    return to_ms(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)))
