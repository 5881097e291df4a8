"""The policy versions that came along: each is what its name says, and decisions are about its categories and services."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from consent.audit.verify.told import Invalid, Told
from consent.merkle.canonical import digest

NECESSARY = "necessary"


class PolicyInvalid(Invalid):
    """Its words complete the sentence "policies/….json …"."""


class Policy(NamedTuple):
    """What a decision has to fit."""

    categories: frozenset[str]
    services: frozenset[str]


def read(version: str, content: bytes) -> tuple[Policy, dict[str, Any]]:
    """Also the document, for whoever wants to read it. Raises PolicyInvalid."""
    if digest(content) != version:
        raise PolicyInvalid("policy_hash")
    try:
        document = json.loads(content)
        categories = frozenset(each["id"] for each in document["categories"])
        return Policy(categories, frozenset(each["id"] for each in document["services"])), document
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PolicyInvalid("policy_form") from error


def contradiction(
    policies: Mapping[str, Policy], version: str | None, categories: bytes, services: bytes
) -> Told | None:
    """What the choices say that their policy version does not know; None where they fit, or where it is not there."""
    policy = policies.get(version or "")
    if policy is None:
        return None
    chosen: dict[str, bool] = json.loads(categories)
    if chosen.keys() != policy.categories:
        return Told("policy_categories")
    if json.loads(services).keys() != policy.services:
        return Told("policy_services")
    return None if chosen.get(NECESSARY, True) else Told("policy_necessary")
