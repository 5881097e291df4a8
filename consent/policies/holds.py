"""Telling a site's log that a service of its policy is held back, also where nobody asks for its script."""

from datetime import datetime

import orjson
from sqlalchemy import Connection

from consent.policies import publish
from consent.registers import holding


def note_due(connection: Connection, now: datetime) -> int:
    """How many were told of. Each once, however often and by however many this is done."""
    return sum(_note(connection, site_id, now) for site_id in holding.unnoted(connection, now))


def _note(connection: Connection, site_id: int, now: datetime) -> int:
    last = publish.current(connection, site_id)
    if last is None:
        return 0
    document = orjson.loads(publish.by_version(connection, last.policy_version))
    return holding.note(connection, site_id, [each["id"] for each in document["services"]], now)
