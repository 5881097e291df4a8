"""Hashes of a tree in tiles, with the geometry of https://c2sp.org/tlog-tiles (tile height 8).

Tile (0, i) holds leaf hashes 256 i to 256 i + 255; tile (n, i) the roots of the full tiles 256 i to 256 i + 255 of level
n - 1. Full tiles never change; at most one tile of each level, the last, is partial.
"""

from collections.abc import Callable, Sequence

from consent.merkle.tree import HASH_BYTES, check_hash, node_hash, split_hashes

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

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
        changed |= {(level, index): b"".join(hashes) for index, hashes in tiles.items()}
        arriving = [_perfect_root(hashes) for hashes in tiles.values() if len(hashes) == TILE_WIDTH]
        level, held = level + 1, held // TILE_WIDTH
    return changed


def _fill(level: int, held: int, arriving: list[bytes], read: ReadTile) -> dict[int, list[bytes]]:
    """One level: the tiles from the first one with room, in order. `held` is how many hashes the level had."""
    index, partial = divmod(held, TILE_WIDTH)
    hashes = (_read_partial(level, index, partial, read) if partial else []) + arriving
    return {
        index + number: hashes[start : start + TILE_WIDTH]
        for number, start in enumerate(range(0, len(hashes), TILE_WIDTH))
    }


def _read_partial(level: int, index: int, width: int, read: ReadTile) -> list[bytes]:
    data = read(level, index)
    if len(data) != width * HASH_BYTES:
        raise TileInvalid(f"tile {level}/{index} holds {len(data)} bytes instead of {width} hashes")
    return split_hashes(data)


def _perfect_root(hashes: list[bytes]) -> bytes:
    """The root over a number of hashes that is a power of two."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


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
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree of 2**level leaves at `index`. Raises ValueError when the tree has none there."""
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise ValueError(f"a tree of {self._size} leaves has no perfect subtree {level}/{index}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, start = divmod(index << height, TILE_WIDTH)
        end = start + (1 << height)
        hashes = self._tile(tile_level, tile_index)
        if len(hashes) < end:
            raise TileInvalid(
                f"tile {tile_level}/{tile_index} holds {len(hashes)} hashes, not the {end} that are needed"
            )
        return _perfect_root(hashes[start:end])

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._tiles:
            data = self._read(level, index)
            if len(data) % HASH_BYTES or len(data) > TILE_WIDTH * HASH_BYTES:
                raise TileInvalid(f"tile {level}/{index} holds {len(data)} bytes")
            self._tiles[level, index] = split_hashes(data)
        return self._tiles[level, index]
