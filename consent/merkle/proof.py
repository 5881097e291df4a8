"""Inclusion and consistency proofs: made as RFC 6962, section 2.1, defines them, verified as RFC 9162 spells it out.

A proof binds a leaf, or an old root, to a root. It does not by itself bind the size of a tree: sizes with one shape of
path share proofs. Take size and root together, from one signed checkpoint.
"""

from collections.abc import Callable, Sequence
from hmac import compare_digest

from consent.merkle.faults import Fault
from consent.merkle.tree import HASH_BYTES, fold, node_hash

Node = Callable[[int, int], bytes]  # (level, index) -> hash of the perfect subtree of 2**level leaves at index


class ProofInvalid(Fault):
    """The proof does not show what it should."""


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1. Raises ValueError when the tree has no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(middle, end, node))
            end = middle
        else:
            path.append(_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, section 2.1.2. Raises ValueError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise ValueError(f"there is no consistency proof from size {old} to {new}")
    path = []
    start, end = 0, new
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_root(middle, end, node))
            end = middle
        else:
            path.append(_root(start, middle, node))
            start = middle
    if start > 0:  # else the last subtree is the old tree itself, whose root the verifier has
        path.append(_root(start, end, node))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(start: int, end: int, node: Node) -> bytes:
    """MTH(D[start:end]) of a range at which the tree splits, from its perfect subtrees."""
    subtrees = []
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level & 1:
            subtrees.append(node(level, start >> level))
            start += 1 << level
    return fold(subtrees)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2, in its names. Raises ProofInvalid unless leaf hash `leaf` is at `index` under `root`."""
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofInvalid("proof_leaf", size=size, index=index)
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise ProofInvalid("proof_long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            fn, sn = _skip_missing_levels(fn, sn)
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofInvalid("proof_short")
    if not compare_digest(r, root):
        raise ProofInvalid("proof_root")


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, section 2.1.4.2, in its names. Raises ProofInvalid unless the new tree continues the old one.

    From size 0 nothing is proved, whatever the proof, so that is refused. A tree is consistent with itself by an empty
    proof.
    """
    _check_hashes(old_root, new_root, *proof)
    if not 0 < old_size <= new_size:
        raise ProofInvalid("proof_sizes", old=old_size, new=new_size)
    if old_size == new_size:
        if proof or not compare_digest(old_root, new_root):
            raise ProofInvalid("proof_same_size")
        return
    fr, sr = _both_roots(old_size, old_root, new_size, proof)
    if not compare_digest(fr, old_root):
        raise ProofInvalid("proof_old_root")
    if not compare_digest(sr, new_root):
        raise ProofInvalid("proof_new_root")


def _both_roots(old_size: int, old_root: bytes, new_size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Steps 1 to 6: the old and the new root that the proof leads to."""
    if not proof:
        raise ProofInvalid("proof_empty")
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise ProofInvalid("proof_long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            fn, sn = _skip_missing_levels(fn, sn)
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofInvalid("proof_short")
    return fr, sr


def _skip_missing_levels(fn: int, sn: int) -> tuple[int, int]:
    """On the right edge a node without a right sibling moves up as it is."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _check_hashes(*hashes: bytes) -> None:
    if any(len(digest) != HASH_BYTES for digest in hashes):
        raise ProofInvalid("proof_hash_bytes", needed=HASH_BYTES)
