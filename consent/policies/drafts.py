"""The draft of a site's policy: one for each site, changed by whoever has read the newest edition of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.merkle.canonical import digest
from consent.policies import publish, writing
from consent.policies.document import Source, read
from consent.policies.models import policy_draft_table
from consent.policies.publish import Publication, VersionUnknown
from consent.policies.reopening import reopen
from consent.policies.schemas.validation import validated


@dataclass(frozen=True)
class Draft:
    """Edition 0: nothing is written yet, and the source is what writing would begin with."""

    source: str
    edition: int
    based_on: str | None = None
    updated_by: int | None = None
    updated_ms: int | None = None

    @property
    def policy(self) -> Source:
        """Raises PolicyRefused where an older program has kept what this one does not read."""
        return read(self.source)


class DraftChanged(ConsentError):
    """Somebody else has changed the draft since it was read. Nothing was saved; both texts are here."""

    status = 409
    code = "draft_changed"

    def __init__(self, theirs: Draft, yours: str) -> None:
        super().__init__("Somebody else has changed the draft since you opened it. Compare, then save again.")
        self.theirs = theirs
        self.yours = yours


class NothingToPublish(ConsentError):
    status = 409
    code = "nothing_to_publish"

    def __init__(self) -> None:
        super().__init__("The draft is what is published already. Change it first.")


def starter(*, name: str, url: str) -> Source:
    """The shortest policy that can be published, for a site that has none."""
    return validated(
        {
            "schema": 1,
            "controller": {"name": name},
            "privacy_policy": {"url": url, "version": "1"},
            "languages": ["ja", "en"],
            "categories": ["necessary"],
            "services": [],
        }
    )


def look(connection: Connection, site_id: int, *, otherwise: Source) -> Draft:
    """The draft; where there is none, what is published; where nothing is, `otherwise`."""
    row = _row(connection, site_id)
    if row:
        return _draft_of(row)
    last = publish.current(connection, site_id)
    if last is None:
        return Draft(writing.text(otherwise), 0)
    return Draft(source_of(connection, last.policy_version), 0, last.policy_version)


def source_of(connection: Connection, version: str) -> str:
    """A published version as a file. Raises VersionUnknown."""
    return _text_of(publish.by_version(connection, version))


@lru_cache(maxsize=16)
def _text_of(content: bytes) -> str:
    """Kept by the content: as long as nobody has changed anything, each page of the editor begins with it."""
    return writing.text(reopen(orjson.loads(content)))


def save(connection: Connection, site_id: int, source: str, *, edition: int, user_id: int, now: datetime) -> None:
    """`edition`: the one that was read. Raises PolicyRefused, DraftChanged."""
    read(source)
    row = _row(connection, site_id)
    based_on = row.based_on if row else _current_version(connection, site_id)
    _write(connection, site_id, source, edition=edition, user_id=user_id, now=now, based_on=based_on)


def restore(connection: Connection, site_id: int, version: str, *, edition: int, user_id: int, now: datetime) -> None:
    """An older version of this site becomes the draft. Raises VersionUnknown, DraftChanged."""
    if publish.latest_of(connection, site_id, version) is None:
        raise VersionUnknown(version)
    source, based_on = source_of(connection, version), _current_version(connection, site_id)
    _write(connection, site_id, source, edition=edition, user_id=user_id, now=now, based_on=based_on)


def discard(
    connection: Connection, site_id: int, *, otherwise: Source, edition: int, user_id: int, now: datetime
) -> None:
    """Begins again with what is published. The row stays, so that no edition comes twice. Raises DraftChanged."""
    version = _current_version(connection, site_id)
    source = source_of(connection, version) if version else writing.text(otherwise)
    _write(connection, site_id, source, edition=edition, user_id=user_id, now=now, based_on=version)


def ready(connection: Connection, site_id: int, *, edition: int) -> tuple[Draft, str]:
    """The draft as it was checked, and the version that it would be. Raises DraftChanged, NothingToPublish, PolicyRefused."""
    row = _row(connection, site_id)
    if row is None:
        raise NothingToPublish
    if row.edition != edition:
        raise DraftChanged(_draft_of(row), row.source)
    content, _ = publish.checked(read(row.source))
    if digest(content) == _current_version(connection, site_id):
        raise NothingToPublish
    return _draft_of(row), digest(content)


def publish_draft(
    connection: Connection, site_id: int, *, edition: int, now: datetime, published_by: str
) -> Publication:
    """What was checked is what is published.

    Raises DraftChanged, NothingToPublish, PolicyRefused, ReviewMissing, PublishConflict.
    """
    found, _ = ready(connection, site_id, edition=edition)
    made = publish.publish(connection, site_id, found.policy, now, published_by=published_by)
    note_published(connection, site_id, made.policy_version, edition=edition)
    return made


def note_published(connection: Connection, site_id: int, version: str, *, edition: int) -> None:
    """This edition of the draft is what is published now; a later one was begun before that."""
    same = (policy_draft_table.c.site_id == site_id) & (policy_draft_table.c.edition == edition)
    connection.execute(update(policy_draft_table).where(same).values(based_on=version))


def _row(connection: Connection, site_id: int) -> Any:
    return connection.execute(select(policy_draft_table).filter_by(site_id=site_id)).one_or_none()


def _draft_of(row: Any) -> Draft:
    return Draft(row.source, row.edition, row.based_on, row.updated_by, row.updated_ms)


def _current_version(connection: Connection, site_id: int) -> str | None:
    last = publish.current(connection, site_id)
    return last.policy_version if last else None


def _write(
    connection: Connection,
    site_id: int,
    source: str,
    *,
    edition: int,
    user_id: int,
    now: datetime,
    based_on: str | None,
) -> None:
    values = {"source": source, "edition": edition + 1, "based_on": based_on, "updated_by": user_id}
    values |= {"updated_ms": to_ms(now)}
    written = _begin(connection, site_id, values) if edition == 0 else _replace(connection, site_id, edition, values)
    if not written:
        row = _row(connection, site_id)  # none: an edition of a draft that never was
        raise DraftChanged(_draft_of(row) if row else Draft(source, 0), source)


def _begin(connection: Connection, site_id: int, values: dict[str, Any]) -> bool:
    """False where somebody else has begun it in the meantime."""
    try:
        with connection.begin_nested():
            connection.execute(insert(policy_draft_table).values(site_id=site_id, **values))
    except IntegrityError:
        return False
    return True


def _replace(connection: Connection, site_id: int, edition: int, values: dict[str, Any]) -> bool:
    newest = (policy_draft_table.c.site_id == site_id) & (policy_draft_table.c.edition == edition)
    return connection.execute(update(policy_draft_table).where(newest).values(**values)).rowcount == 1
