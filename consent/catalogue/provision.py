"""Why a preset hints at a type of provision: words for whoever writes a policy, in Japanese and English."""

from collections.abc import Mapping
from functools import cache

from consent.catalogue.reading import ROOT, read


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """{reason: {language: words}}"""
    found: Mapping[str, Mapping[str, str]] = read(ROOT / "provision.yaml")
    return found
