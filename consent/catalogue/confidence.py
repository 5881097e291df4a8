"""How sure we are of what a preset says, fact by fact. Whoever shows a preset shows this beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.catalogue.presets import CONFIDENCES, Preset
from consent.catalogue.vendors import vendors

VERIFIED = CONFIDENCES[0]
UNKNOWN = "unknown"  # nobody knows what it keeps in the browser, which the preset says


@dataclass(frozen=True)
class Fact:
    """`name`: vendor, hosts, sends, their_purpose, storage, load or revoke."""

    name: str
    confidence: str
    source: str | None = None


def facts(preset: Preset) -> list[Fact]:
    """Of what it says at all: a tag that the page carries is not loaded by us, so nothing is claimed about that."""
    if preset.name is None:  # the policy says everything
        return []
    vendor = [Fact("vendor", vendors()[preset.vendor].confidence)] if preset.vendor else []
    said = [Fact(name, str(preset.facts[name]["confidence"]), preset.facts[name]["source"]) for name in _said(preset)]
    return [*vendor, *said, *([] if preset.no_tag else [Fact("storage", of_storage(preset))])]


def _said(preset: Preset) -> list[str]:
    return [name for name in ("hosts", "sends", "their_purpose", "load", "revoke") if getattr(preset, name)]


def of_storage(preset: Preset) -> str:
    """As weak as the weakest row; `none` where it is said to keep nothing."""
    if not preset.storage_known:
        return UNKNOWN
    return max((row.confidence for row in preset.storage), key=CONFIDENCES.index, default="none")


def verified(among: Sequence[Fact]) -> int:
    return sum(each.confidence == VERIFIED for each in among)
