"""Entries that are no decision of a visitor: what was done to a site's log, policy and records."""

from datetime import datetime
from typing import Any

import uuid_utils
from sqlalchemy import Connection

from consent.clock import to_ms, wire
from consent.ledger import logs
from consent.ledger.append import append
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import Kind

TYPES = {
    Kind.POLICY_PUBLISHED: "policy_published",
    Kind.ERASURE: "erasure",
    Kind.RETENTION: "retention",
    Kind.KEY_ROTATION: "key_rotation",
    Kind.EPOCH_START: "epoch_start",
    Kind.EXPORT: "export",
    Kind.DEED: "deed",
    Kind.STEP_BACK: "step_back",
}


def record_event(
    connection: Connection,
    site_id: int,
    kind: Kind,
    content: dict[str, Any],
    now: datetime,
    *,
    by: str | None = None,
) -> str:
    """Appends it in the caller's transaction and returns its record id. `by` is a person's name: it goes into the subject half.

    Raises NotCanonical, LogUnknown.
    """
    log = logs.active(connection, site_id)
    record_id = str(uuid_utils.uuid7())
    about = {
        "log": logs.base_of(log.origin, log.epoch),
        "type": TYPES[kind],
        "record_id": record_id,
        "received_time": wire(to_ms(now)),
    }
    append(
        connection,
        site_id=site_id,
        record_id=record_id,
        kind=kind,
        received_ms=to_ms(now),
        evidence=canonical_bytes({**about, **content}),
        subject=None if by is None else canonical_bytes({"by": by}),
    )
    return record_id
