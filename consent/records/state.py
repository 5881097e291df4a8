"""The current decision of a visitor on a site."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from consent.clock import to_ms, wire
from consent.records.models import state_table


def current(
    connection: Connection, *, site_id: int, visitor_id: str, material_since: int, now: datetime
) -> dict[str, Any] | None:
    """None where nothing was ever decided. `valid` is False where it has expired or something material has changed since."""
    row = connection.execute(
        select(state_table).where(state_table.c.site_id == site_id, state_table.c.visitor_id == visitor_id)
    ).one_or_none()
    if row is None:
        return None
    return {
        "record_id": row.record_id,
        "decision": row.decision,
        "categories": orjson.loads(row.categories),
        "services": orjson.loads(row.services),
        "policy_version": row.policy_version,
        "decided_at": wire(row.decided_ms),
        "expires_at": wire(row.expires_ms),
        "valid": row.expires_ms > to_ms(now) and row.material_since == material_since,
    }


def held_back(found: dict[str, Any], held: Collection[str], category_of: Mapping[str, str]) -> dict[str, Any]:
    """The same with what must not run now switched off, whatever was granted; `held` says which services that are.

    `category_of`: each service's, in the policy version that the decision names.
    """
    services = {name: on and name not in held for name, on in found["services"].items()}
    running = {category_of[name] for name, on in services.items() if on}
    emptied = {category_of[name] for name in services} - running
    categories = {name: on and name not in emptied for name, on in found["categories"].items()}
    return {**found, "services": services, "categories": categories, "held": sorted(set(held) & services.keys())}


def count_valid(connection: Connection, *, site_id: int, material_since: int, now: datetime) -> int:
    """How many visitors have a decision that holds: who would be asked again by a material change."""
    valid = (
        state_table.c.site_id == site_id,
        state_table.c.material_since == material_since,
        state_table.c.expires_ms > to_ms(now),
    )
    return connection.execute(select(func.count()).select_from(state_table).where(*valid)).scalar_one()
