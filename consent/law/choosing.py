"""Which pack of a site applies to a region, and why. Pure.

Nothing here can make an unknown region laxer than the strictest pack of the site.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.law.terms import Terms, strictest

ONLY, REGION, DEFAULT, UNLISTED, AMBIGUOUS, UNKNOWN = "only", "region", "default", "unlisted", "ambiguous", "unknown"


@dataclass(frozen=True)
class Laws:
    """What a site has chosen: its packs, and the one for regions that none of them names (None: the strictest)."""

    packs: tuple[Terms, ...]
    default: str | None

    @property
    def strictest(self) -> Terms:
        return strictest(self.packs)

    @property
    def lax(self) -> tuple[Terms, ...]:
        """Those under which something runs before a decision, the strictest one of all included where it is one."""
        several = len(self.packs) > 1
        return tuple(terms for terms in (*self.packs, *([self.strictest] if several else [])) if terms.lax)

    def named(self, name: str) -> Terms:
        """The only one has everybody. A name that the site does not have any more, from an old address: the strictest."""
        if len(self.packs) == 1:
            return self.packs[0]
        return next((terms for terms in self.packs if terms.id == name), self.strictest)


@dataclass(frozen=True)
class Choice:
    """`why`: `only` one there is · it names the `region` · the `default` · `unlisted` nowhere, and no default ·
    `ambiguous`: a country of which some pack names a part · `unknown` region."""

    terms: Terms
    why: str


def choose(laws: Laws, region: str | None) -> Choice:
    """`region`: ISO 3166-1 or 3166-2 (`JP`, `US-CA`), or None."""
    if len(laws.packs) == 1:
        return Choice(laws.packs[0], ONLY)
    if region is None:
        return Choice(laws.strictest, UNKNOWN)
    if any(name.startswith(f"{region}-") for terms in laws.packs for name in terms.regions):
        return Choice(laws.strictest, AMBIGUOUS)
    naming = _naming(laws.packs, region) or _naming(laws.packs, region.partition("-")[0])
    if naming:
        # France has a pack of its own within the EU's: the one for the smaller place. Of two for one place, what asks first.
        return Choice(min(naming, key=lambda terms: (len(terms.regions), terms.lax)), REGION)
    if laws.default:
        return Choice(laws.named(laws.default), DEFAULT)
    return Choice(laws.strictest, UNLISTED)


def _naming(packs: Sequence[Terms], region: str) -> list[Terms]:
    return [terms for terms in packs if region in terms.regions]
