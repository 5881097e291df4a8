"""What somebody has typed into a form or a command: each field once, every problem together."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from consent.errors import ConsentError

LONG = 20_000
_SERVICE = re.compile(r"[a-z0-9_-]{1,64}")
# Somebody in Japan is a day ahead of UTC for nine hours.
_AHEAD = timedelta(days=1)


class RegisterInvalid(ConsentError):
    """`errors` maps a field to the reason, for whoever says it in another language."""

    status = 422
    code = "register_invalid"

    def __init__(self, errors: Mapping[str, str]) -> None:
        told = ", ".join(f"{field}: {reason}" for field, reason in errors.items())
        super().__init__(f"The entry was not added. {told}.", errors=dict(errors))
        self.wrong = dict(errors)


class Form:
    """Reads the fields of one entry. Values that do not fit are noted in `errors`, and `check` refuses all of them."""

    def __init__(self, given: Mapping[str, str | None], now: datetime):
        self._given = given
        self._latest = now.date() + _AHEAD
        self.errors: dict[str, str] = {}

    def service(self) -> str:
        found = self.text("service_id", 64)
        if found and not _SERVICE.fullmatch(found):
            self.errors["service_id"] = "service_unknown"
        return found

    def text(self, name: str, longest: int, *, needed: bool = True) -> str:
        found = (self._given.get(name) or "").replace("\r\n", "\n").strip()
        if needed and not found:
            self.errors[name] = "missing"
        elif len(found) > longest:
            self.errors[name] = "too_long"
        elif any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in found):
            self.errors[name] = "unreadable"
        return found

    def choice(self, name: str, allowed: Collection[str]) -> str:
        found = self.text(name, 20)
        if found and found not in allowed:
            self.errors[name] = "unknown"
        return found

    def day(self, name: str, *, needed: bool = True, past: bool = False) -> str | None:
        found = self.text(name, 10, needed=needed)
        if not found or name in self.errors:
            return None
        try:
            day = date.fromisoformat(found)
        except ValueError:
            self.errors[name] = "no_day"
            return None
        if day.isoformat() != found or not 1990 <= day.year <= 2200:
            self.errors[name] = "no_day"
        elif past and day > self._latest:
            self.errors[name] = "in_future"
        return found

    def address(self, name: str, *, needed: bool) -> str:
        """Of a page. Anything but http(s) would be a link that runs something."""
        found = self.text(name, 2000, needed=needed)
        if found and name not in self.errors and not _is_web_address(found):
            self.errors[name] = "no_address"
        return found

    def check(self) -> None:
        """Raises RegisterInvalid."""
        if self.errors:
            raise RegisterInvalid(self.errors)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", text)
