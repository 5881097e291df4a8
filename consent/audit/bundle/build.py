"""Building a bundle: leaves, what they name, the manifest over all of it and its signature, one zip."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from consent import clock
from consent.audit.bundle import enclosures, pieces
from consent.audit.bundle.packing import Member, pack
from consent.audit.bundle.pieces import Piece, Report
from consent.audit.bundle.plan import Plan
from consent.audit.bundle.supplements import supplements
from consent.audit.verify.manifest import File, Manifest
from consent.audit.verify.table import HEADER
from consent.clock import to_ms, wire
from consent.db import db, transact
from consent.durable import whole
from consent.ledger import tiles
from consent.ledger.events import record_event
from consent.ledger.ledger import ledger
from consent.merkle.canonical import digest
from consent.merkle.entry import Kind
from consent.merkle.tiles import TileHashes
from consent.merkle.tree import fold


@dataclass(frozen=True)
class Built:
    """`manifest` is the hash under which the log knows this export."""

    manifest: str
    bytes: int
    leaves: int


def build(plan: Plan, output: Path, work: Path, report: Report) -> Built:
    """Writes `output`. `work` is a folder that outlives a crash: the next attempt goes on from what is in it.

    The export is in the log before anybody can have the file. After a crash between the two it is there twice.
    Raises BundleNotReady, KeyLost.
    """
    with db.engine.connect() as connection:
        ledger().keyring.check(connection, plan.log.origin)  # it signs at the end, which may be minutes away
    work.mkdir(parents=True, exist_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    written = pieces.write(plan, work, report)
    with db.engine.connect() as connection:
        members, unknown = _members(connection, plan, work, written)
        manifest = _manifest(connection, plan, members, written, unknown)
    note = ledger().keyring.signer(plan.log.origin).sign(manifest.export_text())
    head = [_member("manifest.json", manifest.to_bytes()), _member("manifest.note", note.encode())]
    with whole(output) as part:
        pack(part, [*head, *members], lambda: report(plan.size, plan.size))
        _tell_the_log(plan, manifest)
    return Built(digest(manifest.to_bytes()), output.stat().st_size, plan.size)


def _members(
    connection: Connection, plan: Plan, work: Path, written: list[Piece]
) -> tuple[list[Member], tuple[str, ...]]:
    """In the order of the zip: what is small and read first comes first."""
    versions = sorted({name for piece in written for name in piece.versions})
    files, unknown = enclosures.scripts(connection, sorted({name for piece in written for name in piece.scripts}))
    shown = sorted({(version, script, language) for piece in written for version, script, language in piece.shown})
    documents = [
        *enclosures.documents(connection, plan, versions),
        *files.items(),
        *enclosures.replays(connection, plan, shown),
    ]
    later = supplements(connection, plan) if any(piece.absent for piece in written) else b""
    small = [_member(name, content) for name, content in documents] + (
        [_member("supplements.jsonl", later)] if later else []
    )
    head = work / "rows-head.csv"
    head.write_bytes(HEADER)
    table = Member(
        "records.csv",
        len(HEADER) + sum(piece.rows_bytes for piece in written),
        (head, *(work / piece.rows for piece in written)),
    )
    records = [Member(piece.name, piece.bytes, (work / piece.name,)) for piece in written]
    return [*small, table, *records], tuple(unknown)


def _member(name: str, content: bytes) -> Member:
    return Member(name, len(content), content)


def _manifest(
    connection: Connection, plan: Plan, members: list[Member], written: list[Piece], unknown: tuple[str, ...]
) -> Manifest:
    known = {piece.name: piece.sha256 for piece in written}
    frontier = _frontier(connection, plan)
    previous = {"size": plan.start, "root": fold(frontier).hex()} if plan.start else None
    return Manifest(
        origin=plan.log.origin,
        log=plan.base,
        epoch=plan.log.epoch,
        site=plan.site_key,
        start=plan.start,
        end=plan.end,
        since=wire(to_ms(plan.since)),
        until=wire(to_ms(plan.until)),
        complete=plan.complete,
        mode=plan.mode,
        start_frontier=tuple(each.hex() for each in frontier),
        previous=previous,
        unknown_scripts=unknown,
        tool=f"consent {version('consent')}",
        files=tuple(File(each.name, each.size, known.get(each.name) or _hash(each)) for each in members),
    )


def _hash(member: Member) -> str:
    found = sha256()
    for chunk in member.chunks():
        found.update(chunk)
    return found.hexdigest()


def _frontier(connection: Connection, plan: Plan) -> list[bytes]:
    """The roots of the perfect subtrees before the first leaf, largest first, from the tiles."""
    hashes = TileHashes(tiles.reader(connection, plan.log.log_id), plan.start)
    return [hashes.node(level, index) for level, index in _subtrees(plan.start)]


def _subtrees(size: int) -> Iterator[tuple[int, int]]:
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            yield level, (size >> level) - 1


def _tell_the_log(plan: Plan, manifest: Manifest) -> None:
    content = {
        "origin": plan.log.origin,
        "from": plan.start,
        "to": plan.end,
        "mode": plan.mode,
        "reason": plan.reason,
        "manifest": digest(manifest.to_bytes()),
    }
    transact(
        lambda connection: record_event(connection, plan.log.site_id, Kind.EXPORT, content, clock.now(), by=plan.by)
    )
