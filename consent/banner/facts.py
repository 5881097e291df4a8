"""What the core script has to know of a site and its policy, as one JavaScript object (docs/reference/facts.md).

Only what the policy uses is composed in: a site without HubSpot downloads nothing about HubSpot.
"""

from typing import Any

from consent.catalogue import steps
from consent.javascript import array, literal, mapping
from consent.sites import Site

LOADS_BEFORE_CONSENT = 1
NEEDS_RELOAD = 2


def compose(site: Site, version: str, material_since: int, document: dict[str, Any], build: str) -> str:
    """JavaScript source of the facts."""
    consent, layout = document["consent"], document["layout"]
    categories = [category["id"] for category in document["categories"]]
    return mapping(
        {
            "key": literal(site.key),
            "version": literal(version),
            "build": literal(build),
            "material": literal(material_since),
            "days": literal(consent["lifetime_days"]),
            "cookie": literal(consent["cookie"]),
            "http": "1" if site.cookie_domain else "0",
            "languages": literal(document["languages"]),
            "mode": literal(_mode(document["consent_mode"])),
            "categories": literal(categories),
            "services": f"[{','.join(_service(service, categories, document) for service in document['services'])}]",
            "reopen": literal(_reopen(document)) if layout["reopen"] == "floating" else "0",
        }
    )


def _mode(mode: dict[str, Any]) -> list[int]:
    advanced = mode["mode"] == "advanced"
    return [int(advanced), mode["wait_for_update"], int(mode["ads_data_redaction"]), int(mode["url_passthrough"])]


def _reopen(document: dict[str, Any]) -> dict[str, str]:
    return {language: document["texts"][language]["reopen"] for language in document["languages"]}


def _service(service: dict[str, Any], categories: list[str], document: dict[str, Any]) -> str:
    """[id, category index, load, revoke, flags, cookies, storage, grant]"""
    loaded_by_us = service["steps"]["load"] if service["load"] == "platform" else []
    return array(
        [
            literal(service["id"]),
            literal(categories.index(service["category"])),
            steps.compile_load(loaded_by_us) if loaded_by_us else "0",
            _guarded(service["steps"]["revoke"]),
            literal(_flags(service, document)),
            literal(service["sweep"]["cookies"]),
            literal(service["sweep"]["storage"]),
            _guarded(service["steps"]["grant"]),
        ]
    )


def _guarded(calls: list[Any]) -> str:
    return steps.compile_guarded(calls) if calls else "0"


def _flags(service: dict[str, Any], document: dict[str, Any]) -> int:
    early: bool = service["consent_mode"] and document["consent_mode"]["mode"] == "advanced"
    reload: bool = service["revoke_behaviour"] == "needs_reload"
    return early * LOADS_BEFORE_CONSENT + reload * NEEDS_RELOAD
