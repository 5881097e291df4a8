"""What the core script has to know of a site and its policy, as one JavaScript object (`Facts` in banner/src/policy.js,
under the short names of banner/names.mjs).

Only what the policy uses is composed in: a site without HubSpot downloads nothing about HubSpot.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from consent.catalogue import steps
from consent.javascript import array, literal, mapping
from consent.law.terms import Terms
from consent.policies import law
from consent.sites import Site

LOADS_BEFORE_CONSENT = 1
NEEDS_RELOAD = 2


def compose(
    site: Site,
    version: str,
    material_since: int,
    document: dict[str, Any],
    build: str,
    early: Terms | None = None,
    held: Sequence[str] = (),
) -> str:
    """JavaScript source of the facts. `early`: the law pack, for the core that lets tags run before a decision. `held`: the
    services that are held back, for a core that can."""
    consent = document["consent"]
    categories = [category["id"] for category in document["categories"]]
    return mapping(
        {
            "k": literal(site.key),
            "v": literal(version),
            "b": literal(build),
            "m": literal(material_since),
            "d": literal(consent["lifetime_days"]),
            "c": literal(consent["cookie"]),
            "h": "1" if site.cookie_domain else "0",
            "o": literal(_mode(document["consent_mode"])),
            "categories": literal(categories),
            "services": f"[{','.join(_service(each, categories, document, held) for each in document['services'])}]",
            "l": literal(_languages(document)),
            **({"a": literal(_early(early, document))} if early else {}),
            **({"e": literal([f".{each}" for each in held])} if early or held else {}),
        }
    )


def _early(terms: Terms, document: dict[str, Any]) -> list[Any]:
    return [terms.id, *(law.runs(document, terms, signal=signal) for signal in (False, True))]


def _mode(mode: dict[str, Any]) -> list[int]:
    advanced = mode["mode"] == "advanced"
    return [int(advanced), mode["wait_for_update"], int(mode["ads_data_redaction"]), int(mode["url_passthrough"])]


def _languages(document: dict[str, Any]) -> dict[str, str]:
    """In the policy's order, each with the words of the re-open button."""
    floating = document["layout"]["reopen"] == "floating"
    return {each: document["texts"][each]["reopen"] if floating else "" for each in document["languages"]}


def _service(service: dict[str, Any], categories: list[str], document: dict[str, Any], held: Sequence[str]) -> str:
    """[id, category index, load, revoke, flags, cookies, storage, grant]. What is held back has nothing that could load."""
    vendor, sweep = service["steps"], service["sweep"]
    loads = service["load"] == "platform" and service["id"] not in held
    return array(
        [
            literal(f".{service['id']}"),
            literal(categories.index(service["category"])),
            _steps(steps.compile_load, vendor["load"] if loads else []),
            _steps(steps.compile_guarded, vendor["revoke"]),
            literal(_flags(service, document)),
            _patterns(sweep["cookies"]),
            _patterns(sweep["storage"]),
            _steps(steps.compile_guarded, vendor["grant"]),
        ]
    )


def _steps(compiled: Callable[[list[Any]], str], calls: list[Any]) -> str:
    return compiled(calls) if calls else "0"


def _patterns(names: Iterable[str]) -> str:
    """The inside of one regular expression; `*` stands for any run of characters."""
    return literal("|".join(_escaped(name) for name in names)) if names else "0"


def _escaped(name: str) -> str:
    return ".*".join(re.sub(r"[^\w-]", r"\\\g<0>", part, flags=re.ASCII) for part in name.split("*"))


def _flags(service: dict[str, Any], document: dict[str, Any]) -> int:
    early: bool = service["consent_mode"] and document["consent_mode"]["mode"] == "advanced"
    # What goes on without cookies still contacts its hosts: only where the site lets it do so before consent may it run on.
    goes_on = service["revoke_behaviour"] == "cookieless" and early
    # What a tag has brought with it does not hear that the tag is told to stop.
    stops = service["revoke_behaviour"] == "stops" and not service["loads_others"]
    reload = not stops and not goes_on
    return early * LOADS_BEFORE_CONSENT + reload * NEEDS_RELOAD
