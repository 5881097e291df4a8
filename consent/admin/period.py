"""A period as people say it: the first and the last day, in their own time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consent.clock import to_ms
from consent.errors import ConsentError

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class PeriodInvalid(ConsentError):
    status = 422
    code = "period_invalid"

    def __init__(self) -> None:
        super().__init__("The period needs days such as 2026-01-31, the first one not after the last one.")


@dataclass(frozen=True)
class Period:
    """Both days are included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def until(self) -> datetime:
        """Not included: the first moment of the day after."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    @property
    def since_ms(self) -> int:
        return to_ms(self.since)

    @property
    def until_ms(self) -> int:
        return to_ms(self.until)


def read(form: Mapping[str, str], zone: str) -> Period:
    """From the fields `first` and `last`; empty ones leave it open. Raises PeriodInvalid."""
    first, last = (_day(form.get(name, "").strip()) for name in ("first", "last"))
    found = Period(first or EARLIEST, last or LATEST, ZoneInfo(zone))
    if found.first > found.last:
        raise PeriodInvalid
    return found


def read_whole(form: Mapping[str, str], zone: str) -> Period:
    """With both days. Raises PeriodInvalid."""
    if not form.get("first") or not form.get("last"):
        raise PeriodInvalid
    return read(form, zone)


def last_days(now: datetime, zone: str, days: int) -> dict[str, str]:
    """The fields of a form that nobody has filled in yet."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return {"first": (today - timedelta(days=days - 1)).isoformat(), "last": today.isoformat()}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise PeriodInvalid from None
    if not EARLIEST <= found <= LATEST:
        raise PeriodInvalid
    return found
