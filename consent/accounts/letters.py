"""What the platform writes to people: consent/locales/mail/<language>.yaml. Plain text, one link each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from consent import own_data
from consent.accounts.links import INVITATION, RESET


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


@cache
def _words(language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = own_data.read(files("consent") / "locales" / "mail" / f"{language}.yaml")
    return found


def reset(*, to: str, link: str, platform: str, language: str) -> Letter:
    words = _words(language)[RESET]
    return Letter(to, words["subject"], words["text"].format(link=link, platform=platform))


def invitation(*, to: str, link: str, by: str, site: str, role: str, language: str) -> Letter:
    words, role_name = _words(language)[INVITATION], _words(language)["roles"][role]
    said = {"link": link, "by": by, "site": site, "role": role_name}
    return Letter(to, words["subject"].format(site=site), words["text"].format(**said))
