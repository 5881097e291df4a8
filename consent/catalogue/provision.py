"""Why a preset hints at a type of provision: words for whoever writes a policy, in Japanese and English."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from consent import own_data


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """{reason: {language: words}}"""
    found: Mapping[str, Mapping[str, str]] = own_data.read(files("consent.catalogue") / "provision.yaml")
    return found
