from base64 import b64decode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from consent.merkle.proof import (
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from consent.merkle.tree import EMPTY_ROOT, leaf_hash
from tests.merkle.rfc6962 import (
    flipped,
    leaf,
    leaves,
    mth,
    path,
    path_sides,
    perfect,
    proof,
    proof_sides,
    vectors,
)

VECTORS = vectors("rfc6962")
ENTRIES = [bytes.fromhex(entry) for entry in VECTORS["tree"]["leaves_hex"]]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [bytes.fromhex(root) for root in VECTORS["tree"]["roots_hex"]]
sizes = st.integers(1, 130)


@st.composite
def inclusions(draw):
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def growths(draw):
    new = draw(sizes)
    return draw(st.integers(1, new)), new


@st.composite
def distinct_growths(draw):
    new = draw(st.integers(2, 130))
    return draw(st.integers(1, new - 1)), new


def decoded(lines):
    return [b64decode(line) for line in lines]


def test_the_published_inclusion_proof_is_made_and_verifies():
    published = VECTORS["inclusion"]
    hashes = decoded(published["proof"])
    assert inclusion_proof(published["index"], published["size"], perfect(HASHES)) == hashes
    verify_inclusion(b64decode(published["leaf"]), published["index"], published["size"], hashes, ROOTS[8])


@pytest.mark.parametrize("published", VECTORS["consistency"]["proofs"])
def test_the_published_consistency_proofs_are_made_and_verify(published):
    old, new, hashes = published["old_size"], published["new_size"], decoded(published["proof"])
    assert consistency_proof(old, new, perfect(HASHES)) == hashes
    verify_consistency(old, ROOTS[old], new, ROOTS[new], hashes)


def test_a_proof_from_the_right_edge_of_a_large_log_of_others_verifies():
    published = VECTORS["large_inclusion"]
    hashes, root = decoded(published["proof"]), b64decode(published["root"])
    verify_inclusion(leaf_hash(published["entry"].encode()), published["index"], published["size"], hashes, root)
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf_hash(b"hello\n"), published["index"], published["size"], hashes, root)


@given(inclusions())
def test_inclusion_proofs_are_those_of_the_definition_and_verify(place):
    index, size = place
    hashes = leaves(size)
    made = inclusion_proof(index, size, perfect(hashes))
    assert made == path(index, hashes)
    verify_inclusion(leaf(index), index, size, made, mth(hashes))
    InclusionProof(index, size, made).check(leaf(index), mth(hashes))


@given(growths())
def test_consistency_proofs_are_those_of_the_definition_and_verify(growth):
    old, new = growth
    hashes = leaves(new)
    made = consistency_proof(old, new, perfect(hashes))
    assert made == proof(old, hashes)
    verify_consistency(old, mth(hashes[:old]), new, mth(hashes), made)
    ConsistencyProof(old, new, made).check(mth(hashes[:old]), mth(hashes))


def altered(proof, data):
    """The proof with one change: a bit, a hash too many, too few, or two of them swapped."""
    changes = ["add"] + (["flip", "drop"] if proof else []) + (["swap"] if len(proof) > 1 else [])
    changed = list(proof)
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    match data.draw(st.sampled_from(changes)):
        case "add":
            changed.insert(data.draw(st.integers(0, len(proof))), leaf(data.draw(st.integers(1_000, 1_010))))
        case "flip":
            changed[at] = flipped(changed[at], data.draw(st.integers(0, 255)))
        case "drop":
            del changed[at]
        case "swap":
            at = min(at, len(proof) - 2)
            changed[at], changed[at + 1] = changed[at + 1], changed[at]
    return changed


@given(inclusions(), st.data())
def test_an_inclusion_proof_with_any_change_is_refused(place, data):
    index, size = place
    hashes = leaves(size)
    changed = altered(path(index, hashes), data)
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf(index), index, size, changed, mth(hashes))


@given(inclusions(), st.integers(0, 255))
def test_another_leaf_or_another_root_is_not_included(place, bit):
    index, size = place
    hashes = leaves(size)
    with pytest.raises(ProofInvalid):
        verify_inclusion(flipped(leaf(index), bit), index, size, path(index, hashes), mth(hashes))
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf(index), index, size, path(index, hashes), flipped(mth(hashes), bit))


@given(inclusions(), st.integers(-2, 140))
def test_a_leaf_is_not_included_at_another_index(place, other):
    index, size = place
    assume(other != index)
    hashes = leaves(size)
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf(index), other, size, path(index, hashes), mth(hashes))


@given(inclusions(), st.integers(-2, 140))
def test_a_leaf_is_not_included_in_a_tree_of_another_shape(place, other):
    index, size = place
    assume(other <= index or path_sides(index, other) != path_sides(index, size))
    hashes = leaves(size)
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf(index), index, other, path(index, hashes), mth(hashes))


def test_a_proof_alone_does_not_bind_the_size():
    """Why size and root are taken together, from one signed checkpoint."""
    hashes = leaves(3)
    assert path_sides(0, 3) == path_sides(0, 4)
    verify_inclusion(leaf(0), 0, 4, path(0, hashes), mth(hashes))


@given(distinct_growths(), st.data())
def test_a_consistency_proof_with_any_change_is_refused(growth, data):
    old, new = growth
    hashes = leaves(new)
    changed = altered(proof(old, hashes), data)
    with pytest.raises(ProofInvalid):
        verify_consistency(old, mth(hashes[:old]), new, mth(hashes), changed)


@given(growths(), st.integers(0, 255))
def test_another_old_or_new_root_is_not_consistent(growth, bit):
    old, new = growth
    hashes = leaves(new)
    old_root, new_root = mth(hashes[:old]), mth(hashes)
    with pytest.raises(ProofInvalid):
        verify_consistency(old, flipped(old_root, bit), new, new_root, proof(old, hashes))
    with pytest.raises(ProofInvalid):
        verify_consistency(old, old_root, new, flipped(new_root, bit), proof(old, hashes))


@given(growths(), st.integers(-2, 140), st.booleans())
def test_a_growth_between_sizes_of_another_shape_is_refused(growth, other, change_old):
    old, new = growth
    claimed_old, claimed_new = (other, new) if change_old else (old, other)
    possible = 0 < claimed_old <= claimed_new
    assume(not possible or proof_sides(claimed_old, claimed_new) != proof_sides(old, new))
    hashes = leaves(new)
    with pytest.raises(ProofInvalid):
        verify_consistency(claimed_old, mth(hashes[:old]), claimed_new, mth(hashes), proof(old, hashes))


@given(distinct_growths())
def test_a_log_that_rewrote_a_leaf_cannot_prove_that_it_only_grew(growth):
    old, new = growth
    rewritten = [leaf(10_000), *leaves(new)[1:]]
    with pytest.raises(ProofInvalid):
        verify_consistency(old, mth(leaves(old)), new, mth(rewritten), proof(old, rewritten))


def test_a_proof_for_a_higher_tree_is_refused_though_it_leads_to_the_root():
    hashes = leaves(8)
    with pytest.raises(ProofInvalid, match="too long"):
        verify_inclusion(leaf(7), 3, 4, path(7, hashes), mth(hashes))
    with pytest.raises(ProofInvalid, match="too long"):
        verify_consistency(3, mth(hashes[:7]), 4, mth(hashes), proof(7, hashes))


@pytest.mark.parametrize("hashes", [[], [leaf(0)]])
@pytest.mark.parametrize("old_root", [EMPTY_ROOT, leaf(0)])
def test_a_consistency_proof_from_size_0_is_refused(hashes, old_root):
    with pytest.raises(ProofInvalid, match="from size 0"):
        verify_consistency(0, old_root, 1, leaf(0), hashes)
    with pytest.raises(ProofInvalid, match="from size 0"):
        verify_consistency(0, old_root, 0, old_root, hashes)


def test_a_tree_is_consistent_with_itself_alone():
    verify_consistency(5, ROOTS[5], 5, ROOTS[5], [])
    with pytest.raises(ProofInvalid, match="not the same"):
        verify_consistency(5, ROOTS[5], 5, ROOTS[6], [])
    with pytest.raises(ProofInvalid, match="not the same"):
        verify_consistency(5, ROOTS[5], 5, ROOTS[5], [leaf(0)])


def test_an_empty_proof_does_not_show_that_a_log_grew():
    with pytest.raises(ProofInvalid, match="empty"):
        verify_consistency(4, ROOTS[4], 8, ROOTS[8], [])


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hashes_of_another_length_are_refused(length):
    wrong, hashes = bytes(length), path(5, HASHES)
    for arguments in [
        (wrong, hashes, ROOTS[8]),
        (HASHES[5], [wrong, *hashes[1:]], ROOTS[8]),
        (HASHES[5], hashes, wrong),
    ]:
        with pytest.raises(ProofInvalid, match="32 bytes"):
            verify_inclusion(arguments[0], 5, 8, arguments[1], arguments[2])
    for old_root, new_root, hashes in [(wrong, ROOTS[5], []), (ROOTS[2], wrong, []), (ROOTS[2], ROOTS[5], [wrong])]:
        with pytest.raises(ProofInvalid, match="32 bytes"):
            verify_consistency(2, old_root, 5, new_root, hashes)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (8, 8), (-1, 8), (0, -1)])
def test_there_is_no_proof_of_a_leaf_that_the_tree_does_not_have(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, perfect(HASHES))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_there_is_no_proof_between_impossible_sizes(old, new):
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_proof(old, new, perfect(HASHES))
