"""Recomputing a log from its stored bytes and comparing everything that was derived from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from consent.ledger import keys, logs, sequencer, steps, tiles
from consent.ledger.coverage import Coverage, coverage_of
from consent.ledger.erase import HALVES
from consent.ledger.models import checkpoint_table, entry_table, tile_table
from consent.merkle.checkpoint import open_checkpoint
from consent.merkle.note import NoteInvalid, Verifier
from consent.merkle.tiles import TileHashes
from consent.merkle.tree import EMPTY_ROOT, HASH_BYTES, Frontier, node_hash

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Damage:
    """`place` is what an operator can look for: an index, a tile, a checkpoint."""

    place: str
    problem: str


def examine(connection: Connection, log: logs.Log, saw_entry: Callable[[], None] = lambda: None) -> Iterator[Damage]:
    """Everything wrong with one epoch, in 16 bytes of memory for each entry. No finding: the log is what its bytes say.

    `saw_entry` is called for each entry. `connection` and `log` MUST be of one db.snapshot: a log that grows meanwhile would
    look damaged.
    """
    tree = Frontier.empty()
    roots = {0: EMPTY_ROOT}
    checkpoints = _checkpoints(connection, log)
    sizes = {row.size for row in checkpoints}
    expected = latest_ms = 0
    covered = coverage_of(connection, log)
    for row in _entries(connection, log):
        saw_entry()
        yield from _entry(row, expected)
        yield from _halves(row, covered)
        expected = row.leaf_index + 1
        tree.append(bytes(row.leaf_hash))
        latest_ms = steps.latest_after(latest_ms, row)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    yield from _head(log, tree, latest_ms)
    yield from _tiles(connection, log)
    yield from _signatures(connection, log, checkpoints, roots)
    yield from _quarantine(connection, log)


def _entries(connection: Connection, log: logs.Log) -> Iterator[Any]:
    statement = select(entry_table).where(entry_table.c.log_id == log.log_id).order_by(entry_table.c.leaf_index)
    with connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE}) as result:
        yield from result


def _entry(row: Any, expected: int) -> Iterator[Damage]:
    if row.leaf_index != expected:
        yield Damage(f"index {expected}", f"is missing; the next one is {row.leaf_index}")
    if sequencer.computed_leaf(row) != row.leaf_hash:
        yield Damage(f"index {row.leaf_index}", f"record {row.record_id}: the stored bytes do not give the leaf hash")


def _halves(row: Any, covered: Coverage) -> Iterator[Damage]:
    """Every half is there, or an entry of the log accounts for its absence and the row points to one that does."""
    place = f"index {row.leaf_index}"
    accounts = {half: covered.account(row.leaf_index, half) for half in HALVES}
    for half, account in accounts.items():
        if getattr(row, half) is None:
            gone = half == "evidence" or row.subject_commitment is not None
            if gone and account is None:
                yield Damage(place, f"record {row.record_id}: the {half} is gone and no erasure accounts for it")
        elif account is not None:
            yield Damage(place, f"record {row.record_id}: the {half} is there, but {account} says that it was erased")
    if row.erased_by is not None and row.erased_by not in accounts.values():
        yield Damage(place, f"record {row.record_id}: {row.erased_by} does not account for what is gone")


def _head(log: logs.Log, tree: Frontier, latest_ms: int) -> Iterator[Damage]:
    if tree.size != log.size:
        yield Damage("head", f"says {log.size} entries, there are {tree.size}")
    if tree.root() != log.root or tree.to_bytes() != log.frontier:
        yield Damage("head", "its root is not the root of the entries")
    if latest_ms != log.latest_ms:
        yield Damage("head", "the latest time it names is not that of the entries")


def _tiles(connection: Connection, log: logs.Log) -> Iterator[Damage]:
    """Each level against the one below, and level 0 against the entries through the root."""
    if log.size and _root_of_tiles(connection, log) != log.root:
        yield Damage("tiles", "do not give the root of the head")
    statement = select(tile_table).where(tile_table.c.log_id == log.log_id, tile_table.c.level > 0)
    for tile in connection.execute(statement.order_by(tile_table.c.level, tile_table.c.tile_index)).all():
        below = TileHashes(
            tiles.reader(connection, log.log_id), log.size
        )  # a new one each time: it keeps what it has read
        for place, stored in enumerate(_hashes(tile.data)):
            if stored != _from_below(below, 8 * tile.level, tile.tile_index * 256 + place):
                yield Damage(f"tile {tile.level}/{tile.tile_index}", f"hash {place} is not that of the tile below")


def _root_of_tiles(connection: Connection, log: logs.Log) -> bytes | None:
    """None where a tile is missing or too short."""
    try:
        return tiles.root_at(connection, log.log_id, log.size)
    except ValueError:
        return None


def _hashes(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), HASH_BYTES):
        yield data[start : start + HASH_BYTES]


def _from_below(hashes: TileHashes, level: int, index: int) -> bytes | None:
    """None where the tile below cannot give it."""
    try:
        return node_hash(hashes.node(level - 1, 2 * index), hashes.node(level - 1, 2 * index + 1))
    except ValueError:
        return None


def _checkpoints(connection: Connection, log: logs.Log) -> list[Any]:
    statement = select(checkpoint_table).where(checkpoint_table.c.log_id == log.log_id)
    return list(connection.execute(statement.order_by(checkpoint_table.c.size)))


def _signatures(
    connection: Connection, log: logs.Log, checkpoints: list[Any], roots: dict[int, bytes]
) -> Iterator[Damage]:
    verifiers = [Verifier.from_vkey(row.vkey) for row in keys.public_keys(connection, log.origin)]
    for row in checkpoints:
        place = f"checkpoint {row.size}"
        try:
            signed = open_checkpoint(row.note, verifiers, log.origin)
        except NoteInvalid as error:
            yield Damage(place, f"its signature does not hold: {error}")
            continue
        if (signed.size, signed.root) != (row.size, row.root):
            yield Damage(place, "the signed text is not what stands beside it")
        if roots.get(signed.size) != signed.root:
            yield Damage(place, "what was signed is not the root of the entries")


def _quarantine(connection: Connection, log: logs.Log) -> Iterator[Damage]:
    held = select(entry_table.c.record_id, entry_table.c.quarantine).where(
        entry_table.c.site_id == log.site_id, entry_table.c.quarantine.is_not(None)
    )
    for row in connection.execute(held):
        yield Damage(f"record {row.record_id}", f"is held in quarantine: {row.quarantine}")
