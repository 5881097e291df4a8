"""The register: which text was in force when, byte for byte."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from consent.accounts import deeds
from consent.accounts.users import User
from consent.clock import to_ms
from consent.errors import ConsentError
from consent.notices.models import notice_table

LONGEST = 200_000  # characters
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
_NEWEST_FIRST = (notice_table.c.effective_on.desc(), notice_table.c.id.desc())


class NoticeInvalid(ConsentError):
    status = 422
    code = "notice_invalid"


class NoticeConflict(ConsentError):
    """The version is there in this language, with another text."""

    status = 409
    code = "notice_conflict"

    def __init__(self, version: str, language: str) -> None:
        super().__init__(
            f"Version {version!r} is registered in {language!r} with another text. A correction is a new version."
        )


class NoticeUnknown(ConsentError):
    status = 404
    code = "notice_unknown"

    def __init__(self, version: str) -> None:
        super().__init__(f"No version {version!r} of the privacy policy is registered here in this language.")


@dataclass(frozen=True)
class Notice:
    id: int
    version: str
    language: str
    effective_on: str
    text: str
    sha256: str
    added_ms: int


def add(
    connection: Connection,
    site_id: int,
    *,
    version: str,
    language: str,
    effective_on: str,
    text: str,
    user: User | None,
    now: datetime,
) -> Notice:
    """Registers a text, and notes its hash in the site's log. The same again changes nothing.

    Raises NoticeInvalid, NoticeConflict.
    """
    values = _checked(version, language, effective_on, text)
    known = _find(connection, site_id, values["version"], values["language"])
    if known is None:
        known = _insert(connection, site_id, values, user, now)
    if (known.sha256, known.effective_on) != (values["sha256"], values["effective_on"]):
        raise NoticeConflict(version, language)
    return known


def _insert(
    connection: Connection, site_id: int, values: Mapping[str, str], user: User | None, now: datetime
) -> Notice:
    try:
        with connection.begin_nested():
            connection.execute(insert(notice_table).values(**values, site_id=site_id, added_ms=to_ms(now)))
    except IntegrityError:  # somebody registered this version in between
        raise NoticeConflict(values["version"], values["language"]) from None
    told = {name: values[name] for name in ("version", "language", "effective_on", "sha256")}
    deeds.note(connection, user, "privacy_notice_added", now, site_id=site_id, **told)
    return read(connection, site_id, values["version"], values["language"])


def _checked(version: str, language: str, effective_on: str, text: str) -> dict[str, str]:
    text, language = text.replace("\r\n", "\n").strip() + "\n", language.lower()
    if not 1 <= len(version) <= 60 or version != version.strip() or "/" in version:
        raise NoticeInvalid("A version is 1 to 60 characters, without a slash and without space at its ends.")
    if not _LANGUAGE.fullmatch(language):
        raise NoticeInvalid(f"{language!r} is not a language tag such as ja or zh-tw.")
    if not _is_day(effective_on):
        raise NoticeInvalid(f"{effective_on!r} is not a day such as 2026-04-01.")
    if not text.strip() or len(text) > LONGEST:
        raise NoticeInvalid(f"The text has to be there, and at most {LONGEST:,} characters long.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"version": version, "language": language, "effective_on": effective_on, "text": text, "sha256": digest}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read(connection: Connection, site_id: int, version: str, language: str) -> Notice:
    """Raises NoticeUnknown."""
    found = _find(connection, site_id, version, language)
    if found is None:
        raise NoticeUnknown(version)
    return found


def of_site(connection: Connection, site_id: int) -> list[Notice]:
    """Every text, the newest effective day first."""
    rows = connection.execute(select(notice_table).filter_by(site_id=site_id).order_by(*_NEWEST_FIRST))
    return [_notice(row) for row in rows]


def in_force(connection: Connection, site_id: int, language: str, on: date) -> Notice | None:
    """The text that is in force on a day; None before the first."""
    query = select(notice_table).filter_by(site_id=site_id, language=language)
    row = connection.execute(
        query.where(notice_table.c.effective_on <= on.isoformat()).order_by(*_NEWEST_FIRST).limit(1)
    ).one_or_none()
    return _notice(row) if row else None


def of_version(connection: Connection, site_id: int, version: str, language: str) -> Notice | None:
    """In this language, or else in any that it is registered in."""
    found = [each for each in of_site(connection, site_id) if each.version == version]
    return min(found, key=lambda each: each.language != language, default=None)


def _find(connection: Connection, site_id: int, version: str, language: str) -> Notice | None:
    query = select(notice_table).filter_by(site_id=site_id, version=version, language=language)
    row = connection.execute(query).one_or_none()
    return _notice(row) if row else None


def _notice(row: Any) -> Notice:
    return Notice(row.id, row.version, row.language, row.effective_on, row.text, row.sha256, row.added_ms)
