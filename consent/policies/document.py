"""The policy document: source text → validated source → resolved document → canonical bytes → version.

The **resolved document** holds everything a record has to point to: every text in every language of the policy, vendors,
cookies, purposes and tag steps, whether they came from the policy, the catalogue or the built-in texts. The version is
the SHA-256 (hex) of its canonical bytes (consent/merkle/canonical.py), so that what the visitor saw cannot change under
a version. It is plain JSON without floats. `{lang}` below is an object with one text for EVERY language of the policy;
language tags are lower case everywhere (`zh-tw`). Nothing optional is left out: it is null.

    schema: 1
    languages: ["ja", "en", …]                          first = default
    controller: {name{lang}, address{lang}|null, representative{lang}|null, contact{lang}|null,
                 inquiry_url{lang}|null, country "JP"|null}
    privacy_policy: {url{lang}, version}
    texts: {lang: {key: text}}                          every key of `t` in consent/locales/banner, overrides applied;
                                                        placeholders ({site} {count} {service} …) still in place
    categories: [{id, name{lang}, description{lang}}]   canonical order; `necessary` is always there
    services: [                                         the built-in service `consent` first, then as in the policy
      {id, category, preset, vendor,                    preset null for the built-in one; vendor = key of `vendors`
       name{lang}, purpose{lang},
       sends: [{id, text{lang}}],
       cookies: [{name, kind, domain|null, lifetime_s, purpose{lang}|null, confidence, source|null, verified_on|null}],
       cookies_known: bool,                             false: nobody knows them yet. Empty and true: there are none
       acquires: null | {recipient{lang}, items: [{lang}], text{lang}},    text is final: recipient and items are in it
       their_purpose{lang}|null,                        what the vendor itself uses it for
       provision: null | {type, reason{lang}|null},     APPI; type as in catalogue/presets.py; null: not decided
       opt_out_url: str|null,                           the service's own, else that of its vendor
       no_tag: bool, load: "page"|"platform", parameters: {name: value}, consent_mode: bool, loads_others: bool,
       revoke_behaviour: "stops"|"cookieless"|"stops_storage"|"needs_reload"|"unknown",
       hosts: [str],
       steps: {load: [step], grant: [step], revoke: [step]},   parameters filled in; see catalogue/steps.py
       sweep: {cookies: [pattern], storage: [pattern]}}        what to delete when the service is refused
    ]
    vendors: {id: {name{lang}, address{lang}|null, country "US"|null, policy_url str|null, opt_out_url str|null}}
                                                        those in use; `controller` stands for the site itself
    joint_use: [{id, name{lang}, items: [{id, text{lang}}], users{lang}, purpose{lang},
                 responsible: {name{lang}, address{lang}, representative{lang}|null}}]
    consent: {lifetime_days, cookie}
    consent_mode: {mode "basic"|"advanced", wait_for_update, url_passthrough bool, ads_data_redaction bool}
    layout: {first, position, reopen, buttons: [...]}
    theme: {light: {background, text, accent, accent_text, border, muted}, dark: {same}, radius int (px)}
    recording: {ip_prefix bool, browser bool, showings bool}
    law: {packs: [{id, regions: [str], categories: {id: {model, signal}}}], default: id|null,
          notice{lang}|null, notice_part{lang}|null, notice_signal{lang}|null}   null where nothing runs before a decision
                                                        absent where the policy has the default pack alone (docs/law.md)

Cookie rows: kind is cookie, local_storage or session_storage; name may hold `*`; domain null = the site's own; lifetime_s is
seconds, 0 = until the browser is closed, -1 = until it is deleted (storage has no expiry), null = not verified.
`load: platform` means: compile steps.load into the facts. With `load: page` the page carries the gated markup itself; grant
and revoke steps count in both cases. Steps become a function by `catalogue.steps.compile_load(…)` / `compile_guarded(…)`.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from consent.catalogue.presets import CATEGORIES
from consent.catalogue.vendors import Vendor, vendors
from consent.policies import law, service, source
from consent.policies.findings import Finding
from consent.policies.schemas.validation import validated
from consent.policies.translation import Translation

Source = dict[str, Any]

POSITIONS = {"bar": ("bottom", "top"), "box": ("bottom-left", "bottom-right"), "dialog": ("center",)}


@dataclass(frozen=True)
class Resolved:
    """The resolved document, and what was missing on the way. With an error among the findings it must not be used."""

    document: dict[str, Any]
    findings: list[Finding]


def read(text: str | bytes) -> Source:
    """A policy document from YAML or JSON, validated, defaults filled in. Raises PolicyRefused."""
    return deepcopy(_read(text))  # whoever reads may change what he was given


@lru_cache(maxsize=16)
def _read(text: str | bytes) -> Source:
    """Kept by the text: a page of the editor reads its draft several times, and YAML takes longer than the rest of the page."""
    return validated(source.parse(text))


def resolve(policy: Source, day: date | None = None) -> Resolved:
    """The same source, catalogue and law of the day (None: today) give the same document.

    Never raises for what a policy may say.
    """
    said = Translation(policy["languages"])
    texts = said.banner(policy["texts"])
    controller = _controller(policy["controller"], said)
    categories = _categories(policy["categories"])
    context = service.Context(
        said, texts, [each["id"] for each in categories], {each["id"] for each in policy["vendors"]}
    )
    services = [_consent_service(policy, said), *_services(policy["services"], context)]
    document = {
        "schema": policy["schema"],
        "languages": said.languages,
        "controller": controller,
        "privacy_policy": {
            "url": said.of(policy["privacy_policy"]["url"], "privacy_policy.url"),
            "version": policy["privacy_policy"]["version"],
        },
        "texts": texts,
        "categories": [_category(each, said) for each in categories],
        "services": services,
        "vendors": _vendors(policy, controller, {each["vendor"] for each in services}, said),
        "joint_use": [_joint_use(each, index, context) for index, each in enumerate(policy["joint_use"])],
        "layout": _layout(policy["layout"]),
        "theme": policy["theme"],
        **{name: policy[name] for name in ("consent", "consent_mode", "recording")},
    }
    if found := law.resolve(policy["law"], [each["id"] for each in categories], said, day):
        document["law"] = found
    for each in services:
        service.complete(each, document)
    return Resolved(document, said.findings)


def _controller(given: Mapping[str, Any], said: Translation) -> dict[str, Any]:
    texts = {name: said.maybe(given[name], f"controller.{name}") for name in given if name != "country"}
    return {**texts, "country": given["country"]}


def _categories(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In canonical order, `necessary` always among them. Unknown ones are left out here and found by the lint."""
    by_id = {"necessary": {"id": "necessary"}, **{each["id"]: each for each in reversed(given)}}
    return [by_id[name] for name in CATEGORIES if name in by_id]


def _category(given: dict[str, Any], said: Translation) -> dict[str, Any]:
    path = f"categories.{given['id']}"
    return {"id": given["id"], **{field: said.category(given, field, path) for field in ("name", "description")}}


def _services(given: list[dict[str, Any]], context: service.Context) -> list[dict[str, Any]]:
    resolved = (service.resolve(each, f"services.{index}", context) for index, each in enumerate(given))
    return [each for each in resolved if each]


def _consent_service(policy: Source, said: Translation) -> dict[str, Any]:
    return service.built_in(policy["consent"]["cookie"], policy["consent"]["lifetime_days"], said)


def _vendors(
    policy: Source, controller: dict[str, Any], used: Iterable[str], said: Translation
) -> dict[str, dict[str, Any]]:
    own = {each["id"]: (index, each) for index, each in enumerate(policy["vendors"])}
    found = {service.CONTROLLER: _controller_as_vendor(controller, policy, said)}
    for name in sorted(set(used) - {service.CONTROLLER}):
        found[name] = _own_vendor(*own[name], said) if name in own else _known_vendor(vendors()[name], said)
    return found


def _controller_as_vendor(controller: dict[str, Any], policy: Source, said: Translation) -> dict[str, Any]:
    url = said.of(policy["privacy_policy"]["url"], "privacy_policy.url")[said.languages[0]] if said.languages else None
    return {
        "name": controller["name"],
        "address": controller["address"],
        "country": controller["country"],
        "policy_url": url,
        "opt_out_url": None,
    }


def _own_vendor(index: int, given: dict[str, Any], said: Translation) -> dict[str, Any]:
    path = f"vendors.{index}"
    return {
        "name": said.of(given["name"], f"{path}.name"),
        "address": said.maybe(given["address"], f"{path}.address"),
        **{name: given[name] for name in ("country", "policy_url", "opt_out_url")},
    }


def _known_vendor(vendor: Vendor, said: Translation) -> dict[str, Any]:
    path = f"vendors.{vendor.id}"
    return {
        "name": said.named(vendor.name, f"{path}.name"),
        "address": None if vendor.address is None else said.named(vendor.address, f"{path}.address"),
        "country": vendor.country,
        "policy_url": vendor.policy_url,
        "opt_out_url": vendor.opt_out_url,
    }


def _joint_use(given: Mapping[str, Any], index: int, context: service.Context) -> dict[str, Any]:
    path, said = f"joint_use.{index}", context.said
    responsible = given["responsible"]
    return {
        "id": given["id"],
        **{name: said.of(given[name], f"{path}.{name}") for name in ("name", "users", "purpose")},
        "items": service.items(given["items"], f"{path}.items", context),
        "responsible": {
            "name": said.of(responsible["name"], f"{path}.responsible.name"),
            "address": said.of(responsible["address"], f"{path}.responsible.address"),
            "representative": said.maybe(responsible["representative"], f"{path}.responsible.representative"),
        },
    }


def _layout(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "position": given["position"] or POSITIONS[given["first"]][0]}
