"""A decision made in a form, in the shape in which a browser's banner sends one."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from uuid_utils import uuid7

from consent.errors import BodyInvalid
from consent.records.rules import NECESSARY, Rules, ServiceUnknown
from consent.records.schemas import UUID7

ACTIONS = ("accept_all", "reject_all", "custom", "withdraw")


def decide(
    rules: Rules, action: str, chosen: Collection[str], *, record_id: str | None, language: str
) -> dict[str, Any]:
    """`chosen` holds service ids, and category ids where a category has no services.

    `record_id` was given to the form, so that sending it twice records once. Raises BodyInvalid, ServiceUnknown.
    """
    if action not in ACTIONS:
        raise BodyInvalid("The form names no decision.")
    unknown = sorted(set(chosen) - rules.services.keys() - rules.categories)
    if unknown:
        raise ServiceUnknown(f"The policy version has no {unknown}.")
    services = {name: _granted(category, name, action, chosen) for name, category in rules.services.items()}
    with_services = set(rules.services.values())
    categories = {}
    for name in rules.categories:
        own = _granted(name, name, action, chosen)
        categories[name] = _any_of(name, services, rules) if name in with_services and name != NECESSARY else own
    return {
        "record_id": record_id if record_id and re.fullmatch(UUID7, record_id) else new_record_id(),
        "decision": action,
        "source": "preferences",
        "categories": categories,
        "services": services,
        "policy_version": rules.version,
        "language": language,
        "page_path": None,
        "gpc": False,
        "region": None,
        "law": None,  # nothing on the page runs before the form is sent
        "client_time": None,  # a form does not tell the browser's time
        "script": None,
        "visitor": None,
    }


def agrees(categories: Mapping[str, bool]) -> bool:
    """To more than what is always on."""
    return any(on for name, on in categories.items() if name != NECESSARY)


def new_record_id() -> str:
    return str(uuid7())


def _granted(category: str, name: str, action: str, chosen: Collection[str]) -> bool:
    return category == NECESSARY or action == "accept_all" or (action == "custom" and name in chosen)


def _any_of(category: str, services: dict[str, bool], rules: Rules) -> bool:
    return any(on for name, on in services.items() if rules.services[name] == category)
