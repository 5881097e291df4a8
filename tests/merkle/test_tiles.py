import itertools
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales.signing import PlainEd25519Signer
from tlog_scales.tiles import tile_path
from tlog_scales.writer import TilesWriter

from consent.merkle.proof import consistency_proof, inclusion_proof
from consent.merkle.tiles import TILE_WIDTH, TileHashes, TileInvalid, extend
from consent.merkle.tree import leaf_hash, root_of
from tests.merkle.rfc6962 import leaf, leaves, mth

MANY = [sha256(number.to_bytes(4, "big")).digest() for number in range(66_100)]


class Store:
    """Tiles as a database would keep them, and what was asked for."""

    def __init__(self):
        self.tiles = {}
        self.size = 0
        self.asked = []

    def read(self, level, index):
        self.asked.append((level, index))
        return self.tiles[level, index]

    def append(self, hashes):
        changed = extend(self.size, hashes, self.read)
        self.tiles |= changed
        self.size += len(hashes)
        return changed


def stored(hashes, batches):
    store, start = Store(), 0
    for batch in batches:
        store.append(hashes[start : start + batch])
        start += batch
    return store


def tiles_of(hashes):
    """The geometry of the tiles, straight from its description."""
    tiles, level = {}, 0
    while hashes:
        rows = [hashes[start : start + 256] for start in range(0, len(hashes), 256)]
        tiles |= {(level, index): b"".join(row) for index, row in enumerate(rows)}
        hashes = [root_of(row) for row in rows if len(row) == 256]
        level += 1
    return tiles


@settings(max_examples=40)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_tiles_are_the_same_however_the_leaves_arrive(batches):
    total = sum(batches)
    assert stored(MANY, batches).tiles == tiles_of(MANY[:total])


@pytest.mark.parametrize(
    "batches",
    [[65_535, 1], [65_536], [65_535, 2], [65_280, 255, 1, 1], [65_500, 600], [40_000, 26_100]],
)
def test_batches_may_cross_the_edge_of_a_whole_level(batches):
    total = sum(batches)
    store = stored(MANY, batches)
    assert store.tiles == tiles_of(MANY[:total])
    if total >= 65_536:
        assert store.tiles[2, 0][:32] == root_of(MANY[:65_536])


@pytest.mark.parametrize(
    ("batches", "asked"),
    [
        ([256, 256], [(1, 0)]),
        ([255, 1], [(0, 0)]),
        ([256, 255], []),
        ([257, 300], [(0, 1), (1, 0)]),
        ([300, 10], [(0, 1)]),
        ([65_536, 1], []),
        ([66_000, 100], [(0, 257), (1, 1)]),
    ],
)
def test_only_partial_tiles_of_the_old_edge_are_read(batches, asked):
    assert stored(MANY, batches).asked == asked


def test_only_tiles_that_change_are_written():
    store = stored(MANY, [600])
    assert set(store.append(MANY[600:700])) == {(0, 2)}
    assert set(store.append(MANY[700:800])) == {(0, 2), (0, 3), (1, 0)}
    assert store.append([]) == {}


def test_a_full_tile_is_never_written_again():
    store = Store()
    full = {}
    for start in range(0, 2_000, 90):
        changed = store.append(MANY[start : start + 90])
        assert not full.keys() & changed.keys()
        full |= {place: data for place, data in changed.items() if len(data) == TILE_WIDTH * 32}


@pytest.mark.parametrize("length", [0, 32, 95, 97, 128])
def test_a_tile_of_another_size_than_the_tree_says_is_refused(length):
    with pytest.raises(TileInvalid):
        extend(3, [leaf(3)], lambda level, index: bytes(length))


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match="negative"):
        extend(-1, [leaf(0)], lambda level, index: b"")
    with pytest.raises(ValueError, match="32 bytes"):
        extend(0, [leaf(0), b"short"], lambda level, index: b"")


@settings(max_examples=60)
@given(st.integers(0, 10), st.data())
def test_a_node_is_the_root_of_its_leaves(level, data):
    index = data.draw(st.integers(0, (2_000 >> level) - 1))
    nodes = TileHashes(stored(MANY, [2_000]).read, 2_000)
    assert nodes.node(level, index) == mth(MANY[index << level : (index + 1) << level])


@pytest.mark.parametrize("level", [16, 15, 9, 8])
def test_nodes_above_the_tiles_of_leaves_are_found(level):
    nodes = TileHashes(stored(MANY, [66_000]).read, 66_000)
    assert nodes.node(level, 0) == root_of(MANY[: 1 << level])


@pytest.mark.parametrize(("level", "index"), [(0, 1_000), (8, 3), (9, 1), (10, 0), (-1, 0), (0, -1)])
def test_a_subtree_that_is_not_perfect_is_refused(level, index):
    nodes = TileHashes(stored(MANY, [1_000]).read, 1_000)
    with pytest.raises(ValueError, match="no perfect subtree"):
        nodes.node(level, index)


def test_one_node_reads_one_tile_and_keeps_it():
    store = stored(MANY, [66_000])
    nodes = TileHashes(store.read, 66_000)
    store.asked.clear()
    nodes.node(7, 1)
    nodes.node(0, 5)
    nodes.node(16, 0)
    assert store.asked == [(0, 0), (2, 0)]


def test_tiles_that_have_grown_since_still_prove_the_smaller_tree():
    nodes = TileHashes(stored(MANY, [1_000]).read, 700)
    assert nodes.node(2, 174) == mth(MANY[696:700])
    with pytest.raises(ValueError, match="no perfect subtree"):
        nodes.node(2, 175)


@pytest.mark.parametrize("length", [0, 31, 33, 32, 257 * 32])
def test_a_stored_tile_that_cannot_be_one_is_refused(length):
    with pytest.raises(TileInvalid):
        TileHashes(lambda level, index: bytes(length), 1_000).node(1, 0)


def test_tiles_roots_and_proofs_are_those_of_another_implementation(tmp_path):
    entries = [b"entry %d" % number for number in range(700)]
    hashes = [leaf_hash(entry) for entry in entries]
    other = TilesWriter.create(tmp_path / "log", "example.com/log")
    signer = PlainEd25519Signer("example.com/log", bytes(32))
    ours = Store()
    for start, end in itertools.pairwise([0, 1, 255, 256, 257, 600, 700]):
        for entry in entries[start:end]:
            other.add_leaf(entry)
        other.commit([signer])
        ours.append(hashes[start:end])
        for (level, index), data in ours.tiles.items():
            width = len(data) // 32 % 256
            assert other.root.joinpath(*tile_path(level, index, width)).read_bytes() == data
        assert other.reader.calculate_root_hash() == root_of(hashes[:end])

    nodes = TileHashes(ours.read, 700)
    for index in (0, 1, 255, 256, 511, 512, 699):
        assert inclusion_proof(index, 700, nodes.node) == other.reader.get_inclusion_proof(index, 700).node_hashes
    for old in (1, 2, 255, 256, 257, 512, 699, 700):
        assert consistency_proof(old, 700, nodes.node) == other.reader.get_consistency_proof(old, 700).node_hashes


def test_the_tiles_of_another_tree_are_others():
    assert stored(MANY, [300]).tiles != tiles_of(leaves(300))
