"""Proofs from the database's tiles: what a visitor or an auditor checks without it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from consent.ledger import logs, publisher, tiles
from consent.ledger.models import entry_table
from consent.merkle.proof import consistency_proof, inclusion_proof
from consent.merkle.tiles import TileHashes


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
    place = select(entry_table.c.log_id, entry_table.c.leaf_index).where(entry_table.c.record_id == record_id)
    row = connection.execute(place).one_or_none()
    if row is None or row.leaf_index is None:
        return None
    last = publisher.newest(connection, row.log_id)
    if last is None or last.size <= row.leaf_index:
        return None
    hashes = TileHashes(tiles.reader(connection, row.log_id), last.size)
    proof = inclusion_proof(row.leaf_index, last.size, hashes.node)
    origin = logs.by_id(connection, row.log_id).origin
    return Inclusion(origin, row.leaf_index, proof, last.note, last.size, last.signed_ms)


def consistency(connection: Connection, log_id: int, old: int, new: int) -> list[bytes]:
    """That the tree of `old` entries is a prefix of the tree of `new` (RFC 6962, 2.1.2). `old` is at least 1."""
    return consistency_proof(old, new, TileHashes(tiles.reader(connection, log_id), new).node)
