"""The tree as RFC 6962, section 2.1, defines it: recursive, slow, and written from the text alone."""

import json
from hashlib import sha256
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


def leaf(number):
    """A leaf hash like no other."""
    return sha256(b"leaf %d" % number).digest()


def leaves(count):
    return [leaf(number) for number in range(count)]


def split(count):
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def mth(hashes):
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def path(m, hashes):
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*path(m, hashes[:k]), mth(hashes[k:])]
    return [*path(m - k, hashes[k:]), mth(hashes[:k])]


def proof(m, hashes):
    return subproof(m, hashes, True)


def subproof(m, hashes, complete):
    if m == len(hashes):
        return [] if complete else [mth(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*subproof(m, hashes[:k], complete), mth(hashes[k:])]
    return [*subproof(m - k, hashes[k:], False), mth(hashes[:k])]


def path_sides(m, count):
    """On which side of the path each hash of an inclusion proof stands."""
    if count == 1:
        return []
    k = split(count)
    return [*path_sides(m, k), "right"] if m < k else [*path_sides(m - k, count - k), "left"]


def proof_sides(m, count, complete=True):
    """The same for a consistency proof, with what it begins from."""
    if m == count:
        return ["known"] if complete else ["given"]
    k = split(count)
    if m <= k:
        return [*proof_sides(m, k, complete), "right"]
    return [*proof_sides(m - k, count - k, False), "left"]


def perfect(hashes):
    """The function (level, index) -> hash over these leaves, computed from the definition."""

    def node(level, index):
        subtree = hashes[index << level : (index + 1) << level]
        assert len(subtree) == 1 << level, "only perfect subtrees are asked for"
        return mth(subtree)

    return node


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
