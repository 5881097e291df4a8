"""The legal entities behind the presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from consent import own_data


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
    return {
        key: Vendor(id=key, **row) for key, row in own_data.read(files("consent.catalogue") / "vendors.yaml").items()
    }
