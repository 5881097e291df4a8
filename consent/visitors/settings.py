"""A decision made in a form, in the shape in which a browser's banner sends one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from consent.records.rules import NECESSARY, Rules

ACTIONS = ("accept_all", "reject_all", "custom")


def decide(rules: Rules, action: str, chosen: Collection[str], *, language: str, now: datetime) -> dict[str, Any]:
    """`chosen` holds service ids, and category ids where a category has no services. Unknown ids grant nothing."""
    services = {name: _granted(category, name, action, chosen) for name, category in rules.services.items()}
    with_services = set(rules.services.values())
    categories = {}
    for name in rules.categories:
        own = _granted(name, name, action, chosen)
        categories[name] = _any_of(name, services, rules) if name in with_services and name != NECESSARY else own
    return {
        "record_id": str(uuid7()),
        "decision": action,
        "source": "preferences",
        "categories": categories,
        "services": services,
        "policy_version": rules.version,
        "language": language,
        "page_path": None,
        "gpc": False,
        "region": None,
        "client_time": now,
        "script": None,
        "visitor": None,
    }


def _granted(category: str, name: str, action: str, chosen: Collection[str]) -> bool:
    return category == NECESSARY or action == "accept_all" or (action == "custom" and name in chosen)


def _any_of(category: str, services: dict[str, bool], rules: Rules) -> bool:
    return any(on for name, on in services.items() if rules.services[name] == category)
