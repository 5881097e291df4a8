"""What a decision says, purpose by purpose: the unit in which every standard wants consent to be written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from consent.policies.service import CONTROLLER
from consent.records.rules import NECESSARY

NOT_STATED = "not stated"  # a standard demands the member, and nobody has said what belongs there


class Status(Enum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Item:
    id: str
    text: str


@dataclass(frozen=True)
class Purpose:
    """One switch, in the language of the record. `vendor` is its key in the policy document."""

    id: str
    category: str
    category_name: str
    service: str
    text: str
    status: Status
    vendor: str
    items: tuple[Item, ...]
    cookies: tuple[Mapping[str, Any], ...]

    @property
    def has_recipient(self) -> bool:
        """Whether anybody but the controller gets the data."""
        return self.vendor != CONTROLLER


def language_of(evidence: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """The language of the policy in which the visitor was asked."""
    said = evidence["language"].lower()
    wishes = (said, said.partition("-")[0])
    languages: list[str] = document["languages"]
    return next((wish for wish in wishes if wish in languages), languages[0])


def purposes(evidence: Mapping[str, Any], document: Mapping[str, Any]) -> list[Purpose]:
    """Every switch that the visitor had. What is necessary has none and rests on no consent, so it is not among them."""
    language = language_of(evidence, document)
    found = []
    for category in document["categories"]:
        if category["id"] == NECESSARY:
            continue
        services = [service for service in document["services"] if service["category"] == category["id"]]
        found += [_of_service(service, category, evidence, language) for service in services]
        found += [] if services else [_of_category(category, evidence, language)]
    return found


def _of_service(
    service: Mapping[str, Any], category: Mapping[str, Any], evidence: Mapping[str, Any], language: str
) -> Purpose:
    return Purpose(
        id=service["id"],
        category=category["id"],
        category_name=category["name"][language],
        service=service["name"][language],
        text=service["purpose"][language],
        status=_status(evidence["decision"], on=evidence["services"][service["id"]]),
        vendor=service["vendor"],
        items=tuple(Item(item["id"], item["text"][language]) for item in service["sends"]),
        cookies=tuple(service["cookies"]),
    )


def _of_category(category: Mapping[str, Any], evidence: Mapping[str, Any], language: str) -> Purpose:
    """Of a category without services: the site uses its answer itself."""
    return Purpose(
        id=category["id"],
        category=category["id"],
        category_name=category["name"][language],
        service=category["name"][language],
        text=category["description"][language],
        status=_status(evidence["decision"], on=evidence["categories"][category["id"]]),
        vendor=CONTROLLER,
        items=(),
        cookies=(),
    )


def _status(decision: str, *, on: bool) -> Status:
    if on:
        return Status.GIVEN
    return Status.WITHDRAWN if decision == "withdraw" else Status.REFUSED


def jurisdiction(evidence: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """Where the visitor was, as far as the record knows; else where the controller is. ISO 3166."""
    known: str | None = evidence["region"] or document["controller"]["country"]
    return known
