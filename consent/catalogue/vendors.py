"""The legal entities behind the presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from consent.catalogue.reading import ROOT, read


@dataclass(frozen=True)
class Vendor:
    """`name` is one string where the entity is called the same everywhere, else {language: name} with `en`."""

    id: str
    name: str | Mapping[str, str]
    address: str | Mapping[str, str] | None
    country: str
    policy_url: str | None
    opt_out_url: str | None
    confidence: str


@cache
def vendors() -> Mapping[str, Vendor]:
    return {key: Vendor(id=key, **row) for key, row in read(ROOT / "vendors.yaml").items()}
