import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.merkle.tree import EMPTY_ROOT, Frontier, leaf_hash, level_above, node_hash, root_of, split_hashes
from tests.merkle.rfc6962 import leaf, leaves, mth, vectors

VECTORS = vectors("rfc6962")
TREE = VECTORS["tree"]


def frontier_of(count):
    frontier = Frontier.empty()
    for number in range(count):
        frontier.append(leaf(number))
    return frontier


@pytest.mark.parametrize("size", range(9))
def test_the_published_tree_has_its_published_roots(size):
    entries = [bytes.fromhex(entry) for entry in TREE["leaves_hex"][:size]]
    assert root_of(leaf_hash(entry) for entry in entries).hex() == TREE["roots_hex"][size]


def test_leaves_and_nodes_are_hashed_as_published():
    published = VECTORS["hasher"]
    assert leaf_hash(published["leaf"]["entry"].encode()).hex() == published["leaf"]["hash_hex"]
    node = published["node"]
    assert node_hash(node["left"].encode(), node["right"].encode()).hex() == node["hash_hex"]


def test_a_leaf_never_hashes_like_a_node():
    left, right = leaf(0), leaf(1)
    assert leaf_hash(left + right) != node_hash(left, right)


def test_nodes_have_a_left_and_a_right():
    assert node_hash(leaf(0), leaf(1)) != node_hash(leaf(1), leaf(0))


@given(st.integers(0, 300))
def test_the_frontier_has_the_root_of_the_definition(count):
    assert frontier_of(count).root() == mth(leaves(count)) == root_of(leaves(count))


@given(st.integers(0, 300))
def test_the_frontier_holds_the_perfect_subtrees_largest_first(count):
    expected, start = [], 0
    for bit in reversed(range(10)):
        if count >> bit & 1:
            expected.append(mth(leaves(count)[start : start + (1 << bit)]))
            start += 1 << bit
    assert list(frontier_of(count).hashes) == expected


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_stored_frontier_goes_on_where_it_stopped(before, after):
    stored = Frontier.from_bytes(before, frontier_of(before).to_bytes())
    for number in range(before, before + after):
        stored.append(leaf(number))
    assert stored.hashes == frontier_of(before + after).hashes
    assert stored.size == before + after


def test_the_empty_tree_has_the_hash_of_nothing_as_root():
    assert Frontier.empty().root() == EMPTY_ROOT
    assert Frontier.empty().to_bytes() == b""


@pytest.mark.parametrize(
    ("size", "length"), [(0, 32), (1, 0), (1, 64), (2, 64), (3, 32), (3, 63), (3, 65), (7, 64), (-1, 0), (-1, 32)]
)
def test_a_frontier_with_hashes_that_its_size_does_not_have_is_refused(size, length):
    with pytest.raises(ValueError, match=r"subtrees|whole hashes"):
        Frontier.from_bytes(size, bytes(length))


def test_a_copy_grows_by_itself():
    frontier = frontier_of(5)
    copy = frontier.copy()
    copy.append(leaf(5))
    assert (frontier.size, copy.size) == (5, 6)
    assert frontier.root() == mth(leaves(5))
    assert copy.root() == mth(leaves(6))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_what_is_no_hash_is_not_appended(length):
    frontier = frontier_of(3)
    with pytest.raises(ValueError, match="32 bytes"):
        frontier.append(bytes(length))
    assert frontier.hashes == frontier_of(3).hashes


@given(st.lists(st.binary(min_size=64, max_size=64), max_size=9))
def test_a_level_above_has_a_node_for_each_pair(pairs):
    nodes = split_hashes(b"".join(pairs))
    above = [node_hash(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
    assert split_hashes(level_above(b"".join(nodes))) == above
