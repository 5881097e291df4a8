"""A contiguous run of leaves as perfect subtrees, so that parts of a tree can be computed apart and joined."""

from collections.abc import Iterable

from consent.merkle.tree import HASH_BYTES, Frontier, fold, level_above, node_hash

Node = tuple[int, bytes]  # level, hash


class Run:
    """The leaves from `start` to `end`. A run from 0 is a tree, and its nodes are the frontier."""

    def __init__(self, start: int, nodes: Iterable[Node] = ()) -> None:
        self.end = start
        self.nodes: list[Node] = []
        self.join(nodes)

    @classmethod
    def of_frontier(cls, frontier: Frontier) -> "Run":
        size = frontier.size
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        return cls(0, zip(levels, frontier.hashes, strict=True))

    def append(self, leaf: bytes, level: int = 0) -> None:
        """A subtree of 2**level leaves whose hash is `leaf`; `end` is a multiple of its width."""
        nodes, height, index = self.nodes, level, self.end >> level
        while index & 1 and nodes and nodes[-1][0] == height:  # then the last node is the left sibling
            leaf = node_hash(nodes.pop()[1], leaf)
            height, index = height + 1, index >> 1
        nodes.append((height, leaf))
        self.end += 1 << level

    def extend(self, leaves: Iterable[bytes]) -> None:
        """As `append` for each, but a level at a time, without those at its edges that have no sibling among them."""
        hashes, level, alone = b"".join(leaves), 0, list[Node]()
        while hashes:
            if self.end >> level & 1:
                self.append(hashes[:HASH_BYTES], level)
                hashes = hashes[HASH_BYTES:]
            if len(hashes) // HASH_BYTES & 1:
                alone.append((level, hashes[-HASH_BYTES:]))
                hashes = hashes[:-HASH_BYTES]
            hashes, level = level_above(hashes), level + 1
        self.join(reversed(alone))

    def join(self, nodes: Iterable[Node]) -> None:
        """Continues the run by the nodes of one that starts at its end."""
        for level, digest in nodes:
            self.append(digest, level)

    def root(self) -> bytes:
        """Of a run from 0."""
        return fold(digest for _, digest in self.nodes)
