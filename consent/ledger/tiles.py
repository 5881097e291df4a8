"""Tiles in the database: where the hashes of a log are."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from consent.ledger.models import tile_table
from consent.merkle.tiles import TILE_WIDTH, TileHashes
from consent.merkle.tree import HASH_BYTES, fold

_C = tile_table.c
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def reader(connection: Connection, log_id: int) -> Callable[[int, int], bytes]:
    """`read(level, tile_index)`, as merkle.tiles asks for it. A missing tile is empty, and whoever computes with it notices."""

    def read(level: int, tile_index: int) -> bytes:
        found = connection.execute(_SELECT, {"log": log_id, "level": level, "tile": tile_index}).scalar()
        return bytes(found) if found else b""

    return read


def read_many(connection: Connection, log_id: int, wanted: set[tuple[int, int]]) -> Callable[[int, int], bytes]:
    """A `read` for these tiles, (level, tile index), asked for at once: each question is a way to the database and back."""
    values = {"log": log_id}
    for number, (level, tile_index) in enumerate(sorted(wanted)):
        values |= {f"level{number}": level, f"tile{number}": tile_index}
    rows = connection.execute(_select_many(len(wanted)), values)
    found = {(row.level, row.tile_index): bytes(row.data) for row in rows}
    return lambda level, tile_index: found.get((level, tile_index), b"")


@lru_cache(32)  # of few sizes: a proof needs one or two tiles of each level
def _select_many(number: int) -> Any:
    # The whole key in each branch: SQLite would else look up the log alone and read all its tiles.
    keys = [
        and_(_C.log_id == bindparam("log"), _C.level == bindparam(f"level{n}"), _C.tile_index == bindparam(f"tile{n}"))
        for n in range(number)
    ]
    return select(_C.level, _C.tile_index, _C.data).where(or_(*keys))


def store(connection: Connection, log_id: int, changed: dict[tuple[int, int], bytes]) -> None:
    """Only the growing right edge is ever rewritten."""
    rows = [
        {"log_id": log_id, "level": level, "tile_index": index, "data": data}
        for (level, index), data in changed.items()
    ]
    connection.execute(_UPSERT[connection.dialect.name], rows)


def root_at(connection: Connection, log_id: int, size: int) -> bytes:
    """The root of the first `size` leaves, from the tiles: at most one node for each bit of the size (RFC 6962, 2.1).

    Raises TileInvalid.
    """
    hashes = TileHashes(reader(connection, log_id), size)
    levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
    starts = [size >> (level + 1) << (level + 1) for level in levels]
    return fold(hashes.node(level, start >> level) for level, start in zip(levels, starts, strict=True))


def cut(connection: Connection, log_id: int, size: int) -> None:
    """Takes away what the leaves from `size` on have put there. Only for a log that ends and was never signed so far."""
    level, held = 0, size
    while held:
        index, partial = divmod(held, TILE_WIDTH)
        beyond = _C.tile_index > index if partial else _C.tile_index >= index
        connection.execute(delete(tile_table).where(_C.log_id == log_id, _C.level == level, beyond))
        if partial:
            data = reader(connection, log_id)(level, index)[: partial * HASH_BYTES]
            edge = _C.log_id == log_id, _C.level == level, _C.tile_index == index
            connection.execute(update(tile_table).where(*edge).values(data=data))
        level, held = level + 1, held // TILE_WIDTH
    connection.execute(delete(tile_table).where(_C.log_id == log_id, _C.level >= level))


def _upsert(dialect: str) -> Any:
    statement = _INSERT[dialect](tile_table)
    return statement.on_conflict_do_update(
        index_elements=["log_id", "level", "tile_index"], set_={"data": statement.excluded.data}
    )


_UPSERT = {dialect: _upsert(dialect) for dialect in _INSERT}
_SELECT = select(tile_table.c.data).where(
    tile_table.c.log_id == bindparam("log"),
    tile_table.c.level == bindparam("level"),
    tile_table.c.tile_index == bindparam("tile"),
)
