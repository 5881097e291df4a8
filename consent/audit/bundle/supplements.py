"""Erasures that were logged after the bundle's range and took something from inside it, each with its proof."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, select

from consent.audit.bundle.pieces import LINE_COLUMNS, line_of
from consent.audit.bundle.plan import Plan, as_lines
from consent.audit.verify.lines import encode
from consent.audit.verify.shapes import ERASURES, erased
from consent.errors import ConsentError
from consent.ledger import proofs
from consent.ledger.models import EVENTS, entry_table
from consent.merkle import tlog_proof
from consent.merkle.canonical import canonical_bytes
from consent.merkle.checkpoint import Checkpoint
from consent.merkle.note import split_note


class BundleNotReady(ConsentError):
    """An erasure took something from the range and is not under a signed checkpoint yet: it could not be proven."""

    status = 503
    code = "bundle_not_ready"

    def __init__(self) -> None:
        super().__init__(
            "An erasure of the period waits for its checkpoint. Try again in a minute.", headers={"Retry-After": "60"}
        )


def supplements(connection: Connection, plan: Plan) -> bytes:
    """The lines of `supplements.jsonl`; empty where there are none. Raises BundleNotReady."""
    later = [row for row in _later_erasures(connection, plan) if _concerns(row, plan)]
    return b"".join([_line(connection, plan, row) for row in later])


def _later_erasures(connection: Connection, plan: Plan) -> Iterator[Any]:
    """In the order in which they were received, those that are still pending among them."""
    columns = (entry_table.c[name] for name in (*LINE_COLUMNS, "id", "log_id", "record_id"))
    erasures = (
        EVENTS,
        entry_table.c.site_id == plan.log.site_id,
        entry_table.c.kind.in_([int(kind) for kind in ERASURES]),
    )
    statement = select(*columns).where(*erasures)
    for row in connection.execute(statement.order_by(entry_table.c.id)):
        inside = row.log_id == plan.log.log_id and row.leaf_index < plan.end
        if not inside and row.evidence is not None:
            yield row


def _concerns(row: Any, plan: Plan) -> bool:
    places = erased(orjson.loads(row.evidence), plan.log.epoch)
    seen = (place for place in places if plan.with_subject or not place.subject)
    return any(plan.start <= place.leaf_index < plan.end for place in seen)


def _line(connection: Connection, plan: Plan, row: Any) -> bytes:
    found = proofs.inclusion(connection, row.record_id)
    if found is None:
        raise BundleNotReady
    value = {
        "origin": found.origin,
        "entry": encode(line_of(row, with_subject=plan.with_subject)).decode(),
        "proof": tlog_proof.encode(found.leaf_index, found.proof, found.checkpoint, None),
        "consistency": _consistency(connection, plan, found) if found.origin == plan.log.origin else None,
    }
    return canonical_bytes(value) + b"\n"


def _consistency(connection: Connection, plan: Plan, found: proofs.Inclusion) -> list[str]:
    """That the tree which holds the erasure continues the bundle's."""
    size = Checkpoint.parse(split_note(found.checkpoint)[0]).size
    return as_lines(proofs.consistency(connection, plan.log.log_id, plan.end, size)).decode().splitlines()
