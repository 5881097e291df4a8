"""The Merkle tree of RFC 6962, section 2.1: SHA-256, leaves and nodes told apart by their first byte."""

from collections.abc import Iterable
from hashlib import sha256

from consent.merkle.faults import Fault

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def level_above(hashes: bytes) -> bytes:
    """The nodes over an even number of nodes, left to right. In one loop: a call of `node_hash` for each takes longer."""
    pairs = range(0, len(hashes), 2 * HASH_BYTES)
    return b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs])


class Frontier:
    """What has to be kept of a tree to append to it: the roots of the perfect subtrees of `size`, largest first.

    There is one for each bit that is set in `size`. Appending costs one node hash on average.
    """

    def __init__(self, size: int, hashes: Iterable[bytes]) -> None:
        self.size = size
        self._hashes = list(hashes)
        if size < 0 or len(self._hashes) != size.bit_count():
            raise Fault("subtrees", size=size, hashes=len(self._hashes))
        for digest in self._hashes:
            check_hash(digest)

    @classmethod
    def empty(cls) -> "Frontier":
        return cls(0, ())

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """Raises ValueError when `data` is not one hash for each perfect subtree of `size`."""
        return cls(size, split_hashes(data))

    def to_bytes(self) -> bytes:
        return b"".join(self._hashes)

    def copy(self) -> "Frontier":
        return Frontier(self.size, self._hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> None:
        """`leaf` is a leaf hash. Two subtrees of one size become one, as a carry runs through a binary counter."""
        check_hash(leaf)
        carry = self.size
        while carry & 1:
            leaf = node_hash(self._hashes.pop(), leaf)
            carry >>= 1
        self._hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        return fold(self._hashes)


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    frontier = Frontier.empty()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


def fold(subtrees: Iterable[bytes]) -> bytes:
    """The root over the roots of perfect subtrees, largest first."""
    smallest_first = reversed(list(subtrees))
    root = next(smallest_first, EMPTY_ROOT)
    for left in smallest_first:
        root = node_hash(left, root)
    return root


def split_hashes(data: bytes) -> list[bytes]:
    """Raises ValueError for a piece of a hash."""
    if len(data) % HASH_BYTES:
        raise ValueError(f"{len(data)} bytes are not whole hashes of {HASH_BYTES}")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def check_hash(digest: bytes) -> None:
    if len(digest) != HASH_BYTES:
        raise Fault("hash_bytes", needed=HASH_BYTES, bytes=len(digest))
