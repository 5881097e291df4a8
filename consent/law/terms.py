"""What holds for each category before a visitor has decided. Pure.

A visitor's own decision always counts; a pack says only what may run while there is none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OPT_IN = "opt_in"
# The laxest first. One scale for each half of a term: a model and what the signal does are compared apart.
MODELS = ("notice", "opt_out", "exempt_with_opt_out", OPT_IN)
SIGNALS = ("ignored", "off")
STRICTEST = "strictest"
# How records name the model: their column is twelve characters wide.
_RECORDED = {"exempt_with_opt_out": "exempt"}


@dataclass(frozen=True)
class Term:
    """`model`: one of MODELS. `signal`: what Global Privacy Control does to the category, `off` or `ignored`."""

    model: str
    signal: str

    def runs(self, *, signal: bool) -> bool:
        """Whether tags may run while the visitor has not decided. `signal`: their browser sends GPC."""
        return self.model != OPT_IN and not (signal and self.signal == "off")


@dataclass(frozen=True)
class Terms:
    """A pack as one site has it: where it applies, and what it says of each optional category."""

    id: str
    regions: frozenset[str]
    categories: Mapping[str, Term]

    @property
    def lax(self) -> bool:
        """Whether anything may run before a decision."""
        return any(term.model != OPT_IN for term in self.categories.values())

    @property
    def model(self) -> str:
        """The laxest model among the categories, as records name it."""
        laxest = min((term.model for term in self.categories.values()), key=MODELS.index, default=OPT_IN)
        return _RECORDED.get(laxest, laxest)


def strictest(packs: Iterable[Terms]) -> Terms:
    """By category the stricter of every two, in both halves: what it lets run, each of the packs lets run."""
    packs = list(packs)
    names = dict.fromkeys(name for pack in packs for name in pack.categories)
    return Terms(STRICTEST, frozenset(), {name: _stricter(each.categories[name] for each in packs) for name in names})


def _stricter(terms: Iterable[Term]) -> Term:
    terms = list(terms)
    return Term(
        max((term.model for term in terms), key=MODELS.index), max((term.signal for term in terms), key=SIGNALS.index)
    )
