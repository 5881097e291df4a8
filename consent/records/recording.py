"""Recording a decision: one row of evidence and the visitor's new state, in one transaction, once.

The caller acknowledges only after `consent.db.transact(recording.unit(...))` has returned, so what is acknowledged is durable.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from consent.clock import to_ms
from consent.errors import ConsentError
from consent.ledger.append import EntryKnown, Opening, append, opening_of
from consent.prepared import Prepared, inserts
from consent.records import evidence
from consent.records.kinds import kind_of
from consent.records.models import record_table, state_table
from consent.records.rules import Rules, legal_model
from consent.sites import Site

FUTURE_LIMIT = timedelta(hours=24)
PAST_LIMIT = timedelta(days=400)  # the longest lifetime of a decision, and so the longest useful wait in an outbox


class RecordConflict(ConsentError):
    """Another decision has this id. Nothing of the stored one is disclosed."""

    status = 409
    code = "record_conflict"

    def __init__(self) -> None:
        super().__init__("A different record has this record_id. A decision that changed needs an id of its own.")


class RecordErased(RecordConflict):
    """The record with this id was recorded and has been erased since. A repeat must not bring it back."""

    status = 410
    code = "record_erased"

    def __init__(self) -> None:
        ConsentError.__init__(self, "The record with this record_id has been erased. It is not recorded again.")


class ClientTimeImplausible(ConsentError):
    status = 422
    code = "client_time_implausible"

    def __init__(self) -> None:
        super().__init__(
            "client_time is more than a day ahead or 400 days behind. Send null where the clock is not trusted."
        )


@dataclass(frozen=True)
class Stored:
    """A record as it stands in the database, and what opens its leaf of the log. `fresh` is False for a repeat."""

    row: dict[str, Any]
    fresh: bool
    opening: Opening


def check_client_time(client_time: datetime | None, now: datetime) -> None:
    """Server time rules; this only keeps nonsense out of the evidence. Raises ClientTimeImplausible."""
    if client_time is not None and not now - PAST_LIMIT <= client_time <= now + FUTURE_LIMIT:
        raise ClientTimeImplausible


def content_hash(sent: dict[str, Any]) -> bytes:
    """Of everything the client decided. The visitor token is left out: an answer that got lost is asked for again without it.
    So is an absent law pack: what was sent before there were any has the same hash."""
    content = {name: value for name, value in sent.items() if name != "visitor" and (name != "law" or value)}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def row_of(sent: dict[str, Any], *, site_id: int, visitor_id: str, rules: Rules, now: datetime) -> dict[str, Any]:
    """The columns that follow from the decision itself; the view adds what it kept of the request."""
    client_time = sent["client_time"]
    path = sent["page_path"]
    row = {
        "site_id": site_id,
        "record_id": sent["record_id"],
        "content_hash": content_hash(sent),
        "visitor_id": visitor_id,
        "decision": sent["decision"],
        "source": sent["source"],
        "categories": orjson.dumps(sent["categories"], option=orjson.OPT_SORT_KEYS).decode(),
        "services": orjson.dumps(sent["services"], option=orjson.OPT_SORT_KEYS).decode(),
        "policy_version": rules.version,
        "script": sent["script"],
        "language": sent["language"],
        "page_path": path.partition("?")[0].partition("#")[0] if path else None,
        "region": sent["region"],
        "region_source": "tag" if sent["region"] else "none",
        "legal_model": legal_model(rules, sent["law"]),
        "client_ms": to_ms(client_time) if client_time else None,
        "received_ms": to_ms(now),
        "expires_ms": to_ms(now + timedelta(days=rules.lifetime_days)),
    }
    return {**row, "kind": kind_of(row)}


def unit(row: dict[str, Any], *, site: Site, material_since: int, new_visitor: bool) -> Callable[[Connection], Stored]:
    """The unit of work for `transact`: record, state and the log's pending entry. Raises RecordConflict, RecordErased.

    Where two requests carry the same record_id, the unique constraint decides inside the transaction; the loser reads
    what the winner stored and answers with that.
    """

    def record(connection: Connection) -> Stored:
        previous = None if new_visitor else _state_for_update(connection, row["site_id"], row["visitor_id"])
        row["previous_record_id"] = previous.record_id if previous else None
        if _INSERT_RECORD.run(connection, row) != 1:
            return _repeat(connection, row, new_visitor=new_visitor)
        opening = _append(connection, row, site)
        if _becomes_state(row, previous):
            _UPSERT_STATE.run(connection, _state_of(row, material_since))
        return Stored(row, fresh=True, opening=opening)

    return record


def _append(connection: Connection, row: dict[str, Any], site: Site) -> Opening:
    try:
        return append(
            connection,
            site_id=site.id,
            record_id=row["record_id"],
            kind=evidence.kind_of(row["decision"]),
            received_ms=row["received_ms"],
            evidence=evidence.evidence_of(row, site_key=site.key, log=site.log_origin),
            subject=evidence.subject_of(row),
        )
    except EntryKnown:
        raise RecordErased from None  # its row is gone as a whole, and what is left in the log says that it was there


def _state_for_update(connection: Connection, site_id: int, visitor_id: str) -> Any:
    statement = _SELECT_STATE_FOR_UPDATE  # two decisions of one visitor must not both follow the same record
    return connection.execute(statement, {"site": site_id, "visitor": visitor_id}).one_or_none()


def _becomes_state(row: dict[str, Any], previous: Any) -> bool:
    """A browser's signal never overrides what the visitor has chosen, as long as that choice lasts."""
    if row["decision"] != "gpc" or previous is None:
        return True
    expired: bool = previous.expires_ms <= row["received_ms"]
    return expired or previous.decision == "gpc"


def _state_of(row: dict[str, Any], material_since: int) -> dict[str, Any]:
    copied = (
        "site_id",
        "visitor_id",
        "record_id",
        "decision",
        "categories",
        "services",
        "policy_version",
        "expires_ms",
    )
    return {**{name: row[name] for name in copied}, "decided_ms": row["received_ms"], "material_since": material_since}


def _repeat(connection: Connection, row: dict[str, Any], *, new_visitor: bool) -> Stored:
    found = connection.execute(select(record_table).where(record_table.c.record_id == row["record_id"])).one()
    if found.content_hash is None:
        raise RecordErased
    same = found.site_id == row["site_id"] and hmac.compare_digest(found.content_hash, row["content_hash"])
    if not same or not (new_visitor or found.visitor_id == row["visitor_id"]):
        raise RecordConflict
    opening = opening_of(connection, row["record_id"])
    if opening is None:
        raise RecordConflict  # from before there was a log: nothing can be promised about it
    return Stored(dict(found._mapping), fresh=False, opening=opening)


_SELECT_STATE_FOR_UPDATE = (
    select(state_table.c.record_id, state_table.c.decision, state_table.c.expires_ms)
    .where(state_table.c.site_id == bindparam("site"), state_table.c.visitor_id == bindparam("visitor"))
    .with_for_update()
)
_COLUMNS = tuple(column.name for column in record_table.c if column.name != "id")
# The row count says whether the row is ours or somebody's with the same id was there before.
_INSERT_RECORD = Prepared(
    {
        dialect: statement.on_conflict_do_nothing(index_elements=["record_id"])
        for dialect, statement in inserts(record_table).items()
    },
    _COLUMNS,
)
_KEY = ("site_id", "visitor_id")


def _upsert(statement: Any) -> Any:
    changed = {column.name: statement.excluded[column.name] for column in state_table.c if column.name not in _KEY}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=changed)


_UPSERT_STATE = Prepared(
    {dialect: _upsert(statement) for dialect, statement in inserts(state_table).items()},
    tuple(column.name for column in state_table.c),
)
