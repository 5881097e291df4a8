"""Hashes of a tree in tiles, with the geometry of https://c2sp.org/tlog-tiles (tile height 8).

Tile (0, i) holds leaf hashes 256 i to 256 i + 255; tile (n, i) the roots of the full tiles 256 i to 256 i + 255 of level
n - 1. Full tiles never change; at most one tile of each level, the last, is partial.
"""

from collections.abc import Callable, Sequence

from consent.merkle.tree import HASH_BYTES, check_hash, level_above

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES

ReadTile = Callable[[int, int], bytes]


class TileInvalid(ValueError):
    """A stored tile does not hold what the size of the tree says."""


def extend(old_size: int, leaf_hashes: Sequence[bytes], read: ReadTile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves are appended to a tree of `old_size`: (level, index) to whole new content.

    `read(level, index)` MUST be asked only for tiles that were partial at `old_size`, and MUST answer with their content
    at that size. Raises TileInvalid when it does not.
    """
    if old_size < 0:
        raise ValueError("a tree has no negative size")
    for digest in leaf_hashes:
        check_hash(digest)
    changed: dict[tuple[int, int], bytes] = {}
    level, held, arriving = 0, old_size, list(leaf_hashes)
    while arriving:
        tiles = _fill(level, held, arriving, read)
        changed |= {(level, index): data for index, data in tiles.items()}
        arriving = [_perfect_root(data) for data in tiles.values() if len(data) == TILE_BYTES]
        level, held = level + 1, held // TILE_WIDTH
    return changed


def _fill(level: int, held: int, arriving: list[bytes], read: ReadTile) -> dict[int, bytes]:
    """One level: the tiles from the first one with room, in order. `held` is how many hashes the level had."""
    index, partial = divmod(held, TILE_WIDTH)
    hashes = (_read_partial(level, index, partial, read) if partial else b"") + b"".join(arriving)
    starts = range(0, len(hashes), TILE_BYTES)
    return {index + number: hashes[start : start + TILE_BYTES] for number, start in enumerate(starts)}


def _read_partial(level: int, index: int, width: int, read: ReadTile) -> bytes:
    data = read(level, index)
    if len(data) != width * HASH_BYTES:
        raise TileInvalid(f"tile {level}/{index} holds {len(data)} bytes instead of {width} hashes")
    return data


def _perfect_root(hashes: bytes) -> bytes:
    """The root over a number of hashes that is a power of two."""
    while len(hashes) > HASH_BYTES:
        hashes = level_above(hashes)
    return hashes


def tile_of(level: int, index: int) -> tuple[int, int]:
    """Level and index of the tile from which TileHashes computes a node."""
    return level // TILE_HEIGHT, (index << level % TILE_HEIGHT) // TILE_WIDTH


class TileHashes:
    """Nodes of the tree of `size` leaves, each computed from one tile. A tile is read once and kept.

    The stored tree may have grown since: a tile may hold more than `size` needs, never less.
    """

    def __init__(self, read: ReadTile, size: int) -> None:
        self._read = read
        self._size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree of 2**level leaves at `index`. Raises ValueError when the tree has none there."""
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise ValueError(f"a tree of {self._size} leaves has no perfect subtree {level}/{index}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, start = divmod(index << height, TILE_WIDTH)
        end = start + (1 << height)
        data = self._tile(tile_level, tile_index)
        held = len(data) // HASH_BYTES
        if held < end:
            raise TileInvalid(f"tile {tile_level}/{tile_index} holds {held} hashes, not the {end} that are needed")
        return _perfect_root(data[start * HASH_BYTES : end * HASH_BYTES])

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            data = self._read(level, index)
            if len(data) % HASH_BYTES or len(data) > TILE_BYTES:
                raise TileInvalid(f"tile {level}/{index} holds {len(data)} bytes")
            self._tiles[level, index] = data
        return self._tiles[level, index]
