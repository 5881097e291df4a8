"""Asking a second person: about the draft as it stands, or about publishing an older version again."""

from datetime import datetime

from sqlalchemy import Connection

from consent.policies import drafts, publish, review
from consent.policies.drafts import NothingToPublish
from consent.policies.publish import VersionUnknown


def ask_about_draft(connection: Connection, site_id: int, *, edition: int, user_id: int, now: datetime) -> str:
    """Returns the version that is asked about. Raises DraftChanged, NothingToPublish, PolicyRefused."""
    found, version = drafts.ready(connection, site_id, edition=edition)
    writer = found.updated_by
    review.ask(connection, site_id, version, edition=edition, written_by=writer, user_id=user_id, now=now)
    return version


def ask_about_version(connection: Connection, site_id: int, version: str, *, user_id: int, now: datetime) -> None:
    """Raises VersionUnknown, NothingToPublish."""
    if publish.latest_of(connection, site_id, version) is None:
        raise VersionUnknown(version)
    last = publish.current(connection, site_id)
    if last is not None and last.policy_version == version:
        raise NothingToPublish
    review.ask(connection, site_id, version, edition=None, written_by=None, user_id=user_id, now=now)
