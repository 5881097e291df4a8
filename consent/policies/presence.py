"""Until when a service was published."""

from datetime import date

import orjson
from sqlalchemy import Connection

from consent.clock import from_ms
from consent.policies import publish


def last_days(connection: Connection, site_id: int) -> dict[str, date | None]:
    """For each service that was ever published the day (UTC) on which it was so for the last time; None while it is."""
    found: dict[str, date | None] = {}
    until: date | None = None
    for each in publish.history(connection, site_id):
        for service in orjson.loads(publish.by_version(connection, each.policy_version))["services"]:
            found.setdefault(service["id"], until)
        until = from_ms(each.published_ms).date()
    return found
