"""Proofs from the database's tiles: what a visitor or an auditor checks without it."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select

from consent.ledger import tiles
from consent.ledger.models import checkpoint_table, entry_table, log_table
from consent.merkle.proof import consistency_proof, inclusion_proof
from consent.merkle.tiles import TileHashes, tile_of
from consent.merkle.tree import HASH_BYTES


@dataclass(frozen=True)
class Inclusion:
    """`checkpoint` is the signed note whose root the proof leads to; `size` and `signed_ms` are its own."""

    origin: str
    leaf_index: int
    proof: list[bytes]
    checkpoint: str
    size: int
    signed_ms: int


def inclusion(connection: Connection, record_id: str) -> Inclusion | None:
    """Of an entry under the newest checkpoint; None while it is pending or its tree is not signed yet."""
    row = connection.execute(_PLACE, {"record": record_id}).one_or_none()  # while it is pending it has no log
    if row is None or row.size <= row.leaf_index:
        return None
    wanted = _tiles_of_proof(row.leaf_index, row.size)
    hashes = TileHashes(tiles.read_many(connection, row.log_id, wanted), row.size)
    proof = inclusion_proof(row.leaf_index, row.size, hashes.node)
    return Inclusion(row.origin, row.leaf_index, proof, row.note, row.size, row.signed_ms)


def _tiles_of_proof(index: int, size: int) -> set[tuple[int, int]]:
    """By walking the proof once without the hashes."""
    wanted = set()

    def note(level: int, node_index: int) -> bytes:
        wanted.add(tile_of(level, node_index))
        return bytes(HASH_BYTES)

    inclusion_proof(index, size, note)
    return wanted


def consistency(connection: Connection, log_id: int, old: int, new: int) -> list[bytes]:
    """That the tree of `old` entries is a prefix of the tree of `new` (RFC 6962, 2.1.2). `old` is at least 1."""
    return consistency_proof(old, new, TileHashes(tiles.reader(connection, log_id), new).node)


_ENTRY, _SIGNED = entry_table.c, checkpoint_table.c
_NEWEST = select(func.max(_SIGNED.size)).where(_SIGNED.log_id == _ENTRY.log_id).correlate(entry_table).scalar_subquery()
# With its log and the newest checkpoint at once: each question is a way to the database and back.
_PLACE = (
    select(_ENTRY.log_id, _ENTRY.leaf_index, log_table.c.origin, _SIGNED.size, _SIGNED.note, _SIGNED.signed_ms)
    .join(log_table, log_table.c.log_id == _ENTRY.log_id)
    .join(checkpoint_table, and_(_SIGNED.log_id == _ENTRY.log_id, _SIGNED.size == _NEWEST))
    .where(_ENTRY.record_id == bindparam("record"))
)
