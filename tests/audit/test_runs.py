"""Parts of a tree computed apart and joined give the tree, however their leaves were added."""

from hypothesis import given
from hypothesis import strategies as st

from consent.audit.verify.runs import Run
from consent.merkle.tree import root_of

LEAVES = [bytes([number]) * 32 for number in range(200)]


@given(st.integers(0, 60), st.lists(st.integers(0, 40), max_size=4))
def test_leaves_added_together_give_the_nodes_of_leaves_added_one_by_one(start, sizes):
    together, apart = Run(start), Run(start)
    for size in sizes:
        leaves = LEAVES[apart.end - start :][:size]
        together.extend(leaves)
        for leaf in leaves:
            apart.append(leaf)
        assert (together.end, together.nodes) == (apart.end, apart.nodes)


@given(st.integers(0, 100), st.integers(0, 100))
def test_two_runs_in_a_row_are_one_tree(first, second):
    tree, behind = Run(0), Run(first)
    tree.extend(LEAVES[:first])
    behind.extend(LEAVES[first : first + second])
    tree.join(behind.nodes)
    assert (tree.end, tree.root()) == (first + second, root_of(LEAVES[: first + second]))
