"""What the statements are made from: one policy version, in the words of one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.plain_pages.words import in_language
from consent.policies import wording
from consent.policies.service import CONSENT
from consent.registers.transfers import Transfer

ROOM = "disclosure"


@dataclass(frozen=True)
class Links:
    """Addresses of our own pages for the site."""

    settings: str
    history: str
    erase: str
    gpc: str


@dataclass(frozen=True)
class Check:
    """The last check of a recipient abroad. `held`: it has run out, and the service does not run."""

    entry: Transfer
    held: bool


@dataclass(frozen=True)
class Subject:
    """`said` are our own words, `composed` those of the policy (consent/policies/wording.py). `checks`: by service, what the
    register of transfers abroad says today; nothing of it is in a policy version."""

    document: Mapping[str, Any]
    language: str
    said: Mapping[str, Any]
    composed: Mapping[str, Any]
    links: Links
    checks: Mapping[str, Check]

    @classmethod
    def of(cls, document: dict[str, Any], language: str, links: Links, checks: Mapping[str, Check]) -> "Subject":
        composed = wording.compose(document, language, links.settings)
        return cls(document, language, in_language(language, ROOM), composed, links, checks)

    def services(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """(as resolved, in words), by category; without our own record of the choice, which goes to nobody else."""
        pairs = list(zip(self.document["services"], self.composed["services"], strict=True))
        for category in self.document["categories"]:
            for resolved, words in pairs:
                if resolved["category"] == category["id"] and resolved["id"] != CONSENT:
                    yield resolved, words

    def label(self, key: str) -> str:
        text: str = self.said["labels"][key]
        return text

    def spoken(self, text: Mapping[str, str] | None) -> str | None:
        return text[self.language] if text else None
