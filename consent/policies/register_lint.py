"""What the registers of a site do not have, or have no longer, for what a policy gives to others. Warnings: publishing goes on,
and what has run out is held back all the same.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from consent.clock import day_in_japan
from consent.policies.findings import WARNING, Finding
from consent.registers import confirmations, entries, transfers

_ABROAD, _ACQUIRED = "foreign_third_party", "personal_related_info"


def check(connection: Connection, site_id: int, document: Mapping[str, Any], now: datetime) -> list[Finding]:
    """Of a resolved document."""
    return [*_transfers(connection, site_id, document, now), *_confirmations(connection, site_id, document)]


def _transfers(connection: Connection, site_id: int, document: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    known, today = transfers.newest(transfers.of_site(connection, site_id)), day_in_japan(now)
    for service in document["services"]:
        path, last = f"services.{service['id']}", known.get(service["id"])
        if last is None and _type(service) == _ABROAD:
            yield Finding("country_check_missing", path, severity=WARNING)
        if last and last.standing(today) == transfers.HELD:
            yield Finding("country_check_expired", path, {"day": str(last.due_on)}, severity=WARNING)


def _confirmations(connection: Connection, site_id: int, document: Mapping[str, Any]) -> Iterator[Finding]:
    confirmed = {each.service_id for each in entries.holding(confirmations.of_site(connection, site_id))}
    for service in document["services"]:
        acquired = service["acquires"] is not None or _type(service) == _ACQUIRED
        if acquired and service["id"] not in confirmed:
            yield Finding("confirmation_missing", f"services.{service['id']}", severity=WARNING)


def _type(service: Mapping[str, Any]) -> str | None:
    provision = service.get("provision")
    return provision["type"] if provision else None
