"""Publishing: an immutable version, and the publication that makes it the current one of a site."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger.events import record_event
from consent.merkle.canonical import canonical_bytes, digest
from consent.merkle.entry import Kind
from consent.policies import lint, register_lint, review
from consent.policies.document import Source, resolve
from consent.policies.findings import Finding, PolicyRefused, errors_among
from consent.policies.material import compare
from consent.policies.models import policy_version_table, publication_table

_NEWEST_FIRST = publication_table.c.number.desc()
_VERSION = re.compile(r"[0-9a-f]{64}")  # PostgreSQL refuses to look for what is no text, such as a NUL


class PublishConflict(ConsentError):
    """Somebody else published for this site in the same moment. Nothing was published; look at theirs, then try again."""

    status = 409
    code = "publish_conflict"

    def __init__(self) -> None:
        super().__init__(
            "Another version was published for this site in the same moment. Look at it, then publish again."
        )


class VersionUnknown(ConsentError):
    status = 404
    code = "version_unknown"

    def __init__(self, version: str) -> None:
        super().__init__(f"There is no policy version {version!r} here.")


@dataclass(frozen=True)
class Publication:
    """One act of publishing. `unchanged`: the content was the current one already, and nothing was written."""

    id: int
    site_id: int
    number: int
    policy_version: str
    published_ms: int
    material: bool
    reasons: tuple[Mapping[str, Any], ...]
    material_since: int
    published_by: str
    unchanged: bool = False
    warnings: tuple[Finding, ...] = ()


def publish(
    connection: Connection,
    site_id: int,
    document: Source,
    now: datetime,
    *,
    published_by: str,
    review_id: int | None = None,
    waived: bool = False,
) -> Publication:
    """Makes a validated policy (document.read) the current one of the site.

    `review_id`: the approval behind it where that is not the newest; `waived`: the operator does without one.
    Raises PolicyRefused with every finding, ReviewMissing, PublishConflict. Identical content publishes nothing.
    """
    content, findings = checked(document, now.date())
    made = _publish(connection, site_id, content, now, published_by=published_by, review_id=review_id, waived=waived)
    findings += register_lint.check(connection, site_id, orjson.loads(content), now)
    return _with(made, warnings=tuple(findings))


def checked(document: Source, day: date | None = None) -> tuple[bytes, list[Finding]]:
    """What would be published on that day (None: today), and its warnings. Raises PolicyRefused."""
    resolved = resolve(document, day)
    findings = lint.findings_of(document, resolved)
    if errors_among(findings):
        raise PolicyRefused(findings)
    return canonical_bytes(resolved.document), findings


def publish_again(
    connection: Connection,
    site_id: int,
    version: str,
    now: datetime,
    *,
    published_by: str,
    waived: bool = False,
) -> Publication:
    """Rolls back: publishes an older version of this site, byte for byte.

    Raises VersionUnknown, ReviewMissing, PublishConflict.
    """
    if latest_of(connection, site_id, version) is None:
        raise VersionUnknown(version)
    content = by_version(connection, version)
    return _publish(connection, site_id, content, now, published_by=published_by, waived=waived)


def _publish(
    connection: Connection,
    site_id: int,
    content: bytes,
    now: datetime,
    *,
    published_by: str,
    review_id: int | None = None,
    waived: bool,
) -> Publication:
    version, last = digest(content), current(connection, site_id)
    if last and last.policy_version == version:
        return _with(last, unchanged=True)
    if not waived:
        review.check(connection, site_id, version, review_id=review_id)
    old = orjson.loads(by_version(connection, last.policy_version)) if last else None
    change = compare(old, orjson.loads(content))
    number = last.number + 1 if last else 1
    row = {
        "site_id": site_id,
        "number": number,
        "policy_version": version,
        "published_ms": to_ms(now),
        "material": change.material,
        "reasons": orjson.dumps([asdict(reason) for reason in change.reasons]).decode(),
        "material_since": number if change.material or last is None else last.material_since,
        "published_by": published_by,
    }
    _keep(connection, version, content, now)
    try:
        with connection.begin_nested():
            connection.execute(insert(publication_table).values(row))
    except IntegrityError:
        # Another publisher took this number: what we compared with is no longer the current version.
        raise PublishConflict from None
    found = latest_of(connection, site_id, version)
    assert found is not None
    _tell_the_log(connection, found, now)
    return found


def _tell_the_log(connection: Connection, made: Publication, now: datetime) -> None:
    """Which words were in force when is evidence too."""
    content = {name: getattr(made, name) for name in ("policy_version", "number", "material", "material_since")}
    record_event(connection, made.site_id, Kind.POLICY_PUBLISHED, content, now, by=made.published_by)


def _keep(connection: Connection, version: str, content: bytes, now: datetime) -> None:
    if connection.execute(select(policy_version_table.c.version).filter_by(version=version)).one_or_none():
        return
    row = {"version": version, "document": content, "created_ms": to_ms(now)}
    try:
        with connection.begin_nested():
            connection.execute(insert(policy_version_table).values(row))
    except IntegrityError:
        pass  # another publisher stored the same bytes under the same name


def _with(publication: Publication, **changes: Any) -> Publication:
    return Publication(**{**publication.__dict__, **changes})


def _publication(row: Any) -> Publication | None:
    return Publication(**{**row._mapping, "reasons": tuple(orjson.loads(row.reasons))}) if row else None


def current(connection: Connection, site_id: int) -> Publication | None:
    query = select(publication_table).filter_by(site_id=site_id).order_by(_NEWEST_FIRST).limit(1)
    return _publication(connection.execute(query).one_or_none())


def latest_of(connection: Connection, site_id: int, version: str) -> Publication | None:
    """The last publication of this version for this site: a version that was rolled back to has several."""
    if not _VERSION.fullmatch(version):
        return None
    query = select(publication_table).filter_by(site_id=site_id, policy_version=version)
    return _publication(connection.execute(query.order_by(_NEWEST_FIRST).limit(1)).one_or_none())


def history(connection: Connection, site_id: int) -> list[Publication]:
    """Every publication of the site, the newest first."""
    query = select(publication_table).filter_by(site_id=site_id).order_by(_NEWEST_FIRST)
    return [found for row in connection.execute(query) if (found := _publication(row))]


def by_version(connection: Connection, version: str) -> bytes:
    """The canonical bytes of a version. Raises VersionUnknown."""
    query = select(policy_version_table.c.document).filter_by(version=version)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise VersionUnknown(version)
    return bytes(row.document)


def version_of_site(connection: Connection, site_id: int, prefix: str) -> str | None:
    """The full version that this site published and whose hash begins so; None where there is none, or more than one."""
    column = publication_table.c.policy_version
    query = (
        select(column).filter_by(site_id=site_id).where(column.startswith(prefix, autoescape=True)).distinct().limit(2)
    )
    found = connection.execute(query).scalars().all()
    return found[0] if len(found) == 1 else None
