"""Templates of services. Everything a preset states is data with a confidence; docs/catalogue.md explains each key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data

CATEGORIES = ("necessary", "functional", "analytics", "ma", "advertising")
STORAGE_KINDS = ("cookie", "local_storage", "session_storage")
CONFIDENCES = ("verified", "secondary", "observed", "unverified")
PROVISION_TYPES = (
    *("entrustment", "joint_use", "third_party", "foreign_third_party", "personal_related_info", "direct_acquisition"),
    "no_provision",
)

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """What a site has to fill in. `pattern` must match the whole value. Nothing secret ever belongs in a tag."""

    name: str
    label: Mapping[str, str]
    pattern: str
    required: bool
    example: str
    secret: bool


@dataclass(frozen=True)
class StorageRow:
    """A cookie or a key of the browser's storage. lifetime_s: 0 = session, -1 = until deleted, None = not verified."""

    name: str
    kind: str
    domain: str | None
    lifetime_s: int | None
    purpose: str | None
    confidence: str
    source: str | None
    verified_on: str | None


@dataclass(frozen=True)
class Sweep:
    """Name patterns (`*` matches anything) of what is deleted when the service is refused."""

    cookies: Sequence[str]
    storage: Sequence[str]


@dataclass(frozen=True)
class ProvisionHint:
    """How the law of Japan may see what the vendor gets, and why (a key of provision.yaml). A hint, never a verdict."""

    type: str
    reason: str


@dataclass(frozen=True)
class Match:
    """What gives a service away on a page (consent/catalogue/propose.py). Expressions may name parameters: `{site_id}`."""

    hosts: Sequence[str]
    urls: Sequence[str]
    code: Sequence[str]
    meta: Sequence[str]
    elements: Sequence[str]


@dataclass(frozen=True)
class Preset:
    id: str
    name: str | None
    category: str | None
    vendor: str | None
    purpose: str | None
    their_purpose: str | None
    sends: Sequence[str]
    parameters: Sequence[Parameter]
    hosts: Sequence[str]
    provision: Sequence[ProvisionHint]
    match: Match
    storage_known: bool
    storage: Sequence[StorageRow]
    sweep: Sweep
    load: Sequence[Step]
    grant: Sequence[Step]
    revoke: Sequence[Step]
    revoke_behaviour: str
    snippet_leak: str
    loads_others: bool
    consent_mode: bool
    no_tag: bool
    opt_out_url: str | None
    facts: Mapping[str, Mapping[str, str | None]]


def _preset(row: dict[str, Any]) -> Preset:
    return Preset(
        **row
        | {
            "parameters": [Parameter(**parameter) for parameter in row["parameters"]],
            "provision": [ProvisionHint(**hint) for hint in row["provision"]],
            "match": Match(**row["match"]),
            "storage": [StorageRow(**storage) for storage in row["storage"]],
            "sweep": Sweep(**row["sweep"]),
        }
    )


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its id."""
    return {key: _preset(row) for key, row in own_data.read_folder(files("consent.catalogue") / "presets").items()}
