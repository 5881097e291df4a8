"""The services of the draft: from the catalogue, with what each needs; and vendors of the policy's own."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import policy_draft, policy_fields, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.catalogue import confidence
from consent.catalogue import texts as catalogue
from consent.catalogue.presets import CATEGORIES, Preset, presets
from consent.catalogue.provision import reasons
from consent.catalogue.vendors import vendors
from consent.policies import editing, lint
from consent.policies.document import Source
from consent.policies.findings import Finding
from consent.policies.locales import category_texts
from consent.policies.service import CONTROLLER


@blueprint.get("/sites/<site_key>/policy/services")
@open_to(READERS)
def policy_services() -> Response:
    return _list()


def _list(policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    found = policy_draft.draft()
    shown = found.policy
    services = [_row(each, shown) for each in shown["services"]]
    categories = [(each, [row for row in services if row["category"] == each["id"]]) for each in shown["categories"]]
    named = {each["id"] for each in shown["categories"]}
    return policy_draft.show(
        "policy_services",
        "policy_services.html",
        found,
        policy,
        refused=refused or (),
        categories=categories,
        homeless=[row for row in services if row["category"] not in named],
        category_names=category_names(shown),
        used={row["vendor"] for row in services},
    )


def _row(service: Mapping[str, Any], policy: Source) -> dict[str, Any]:
    preset = presets().get(service["preset"])
    vendor: str | None = service["vendor"] or (preset.vendor if preset else None)
    country, vendor_name = _vendor(vendor, policy)
    return {
        "id": service["id"],
        "name": policy_words.in_language(service["name"] or (preset and preset.name) or service["id"]),
        "preset": service["preset"],
        "category": service["category"] or (preset and preset.category),
        "vendor": vendor,
        "vendor_name": vendor_name,
        "country": country,
        "acquires": service["acquires_as_personal_data"] is not None,
    }


def _vendor(name: str | None, policy: Source) -> tuple[str | None, str]:
    """Country and legal name."""
    if name == CONTROLLER:
        return policy["controller"]["country"], policy_words.in_language(policy["controller"]["name"])
    for each in policy["vendors"]:
        if each["id"] == name:
            return each["country"], policy_words.in_language(each["name"])
    known = vendors().get(name or "")
    return (known.country, policy_words.in_language(known.name)) if known else (None, name or "")


def category_names(policy: Source) -> dict[str, str]:
    own = {each["id"]: each.get("name") for each in policy["categories"]}
    return {each: policy_words.in_language(own.get(each) or category_texts(each, "name")) for each in CATEGORIES}


@blueprint.get("/sites/<site_key>/policy/catalogue")
@open_to(READERS)
def policy_catalogue() -> Response:
    found, query = policy_draft.draft(), request.args.get("q", "").strip()
    policy = found.policy
    rows = [offer(preset, policy) for preset in presets().values()]
    wanted, category = query.casefold(), request.args.get("category", "")
    found_by_words = [row for row in rows if wanted in row["searched"]]
    return policy_draft.show(
        "policy_services",
        "policy_catalogue.html",
        found,
        query=query,
        category=category if category in CATEGORIES else "",
        counts=Counter(row["category"] for row in found_by_words),
        offers=[row for row in found_by_words if category in ("", row["category"]) or category not in CATEGORIES],
        category_names=category_names(policy),
    )


def offer(preset: Preset, policy: Source) -> dict[str, Any]:
    country, vendor_name = _vendor(preset.vendor, policy)
    name = preset.name or shell.text(f"policy.custom.{preset.id}")
    names = category_texts(preset.category, "name").values() if preset.category else ()
    searched = " ".join(filter(None, (preset.id, name, vendor_name, preset.category, *names)))
    return {
        "id": preset.id,
        "name": name,
        "category": preset.category,
        "vendor_name": vendor_name,
        "country": country,
        "facts": confidence.facts(preset),
        "purpose": policy_words.in_language(catalogue.text("purposes", preset.purpose)) if preset.purpose else "",
        "times": sum(each["preset"] == preset.id for each in policy["services"]),
        "searched": searched.casefold(),
    }


@blueprint.post("/sites/<site_key>/policy/catalogue")
@open_to(EDITORS)
def add_policy_service() -> AnyResponse:
    preset = request.form.get("preset", "")
    _, name = editing.add_service(policy_draft.draft().policy, preset)
    return policy_draft.save(
        lambda policy: editing.add_service(policy, preset)[0], _list, "policy_service", service_id=name
    )


@blueprint.get("/sites/<site_key>/policy/services/<service_id>")
@open_to(READERS)
def policy_service(service_id: str) -> Response:
    return _service(service_id)


@blueprint.post("/sites/<site_key>/policy/services/<service_id>")
@open_to(EDITORS)
def save_policy_service(service_id: str) -> AnyResponse:
    return policy_draft.save(
        lambda policy: editing.change_service(policy, service_id, _values(policy, service_id)),
        lambda policy, refused: _service(service_id, policy, refused),
        "policy_services",
        restored=lambda policy: _restored(policy, service_id),
    )


def _restored(policy: Source, service_id: str) -> Source:
    """Somebody has removed the service meanwhile: it comes back as the form has it. Raises PartUnknown, PolicyRefused."""
    whole = editing.put_back(policy, service_id, request.form.get("preset", ""))
    return editing.change_service(whole, service_id, _values(whole, service_id))


def _service(service_id: str, policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    found = policy_draft.draft()
    shown = policy or found.policy
    service = editing.find(shown, "services", service_id)
    preset = presets().get(service["preset"])
    number = shown["services"].index(service)
    concerns = [] if refused else _findings_of(shown, service_id, number)
    return policy_draft.show(
        "policy_services",
        "policy_service.html",
        found,
        shown,
        refused=refused or (),
        service=service,
        preset=preset,
        facts=confidence.facts(preset) if preset else (),
        name=_row(service, shown)["name"],
        purpose=catalogue.text("purposes", preset.purpose) if preset and preset.purpose else {},
        their_purpose=catalogue.text("their_purposes", preset.their_purpose) if preset and preset.their_purpose else {},
        hints=[(hint.type, reasons()[hint.reason][g.language]) for hint in (preset.provision if preset else ())],
        concerns=policy_words.findings(concerns, shown),
        category_names=category_names(shown),
        vendor_choices=_vendor_choices(shown),
        preset_vendor=_vendor(preset.vendor, shown)[1] if preset and preset.vendor else None,
        items=policy_words.items(),
        sends=_ids(preset.sends if preset and service["sends"] is None else service["sends"] or ()),
        acquired=_ids((service["acquires_as_personal_data"] or {}).get("items", ())),
    )


def _findings_of(policy: Source, service_id: str, number: int) -> list[Finding]:
    ours = (f"services.{number}.", f"services.{service_id}.")
    return [each for each in lint.check(policy) if f"{each.path}.".startswith(ours)]


def _ids(items: Any) -> list[str]:
    return [each for each in items if isinstance(each, str)]


def _vendor_choices(policy: Source) -> list[tuple[str, str]]:
    names = [*(each["id"] for each in policy["vendors"]), *sorted(vendors())]
    return [(name, _vendor(name, policy)[1]) for name in dict.fromkeys([*names, CONTROLLER])]


def _values(policy: Source, service_id: str) -> dict[str, Any]:
    """What its form says, and nothing else."""
    service, languages = editing.find(policy, "services", service_id), policy["languages"]
    preset = presets().get(service["preset"])
    given = {each.name: policy_fields.text(f"parameter.{each.name}") for each in (preset.parameters if preset else ())}
    return {
        "parameters": {name: value for name, value in given.items() if value},
        "category": policy_fields.text("category"),
        "vendor": policy_fields.text("vendor"),
        "load": policy_fields.text("load"),
        "name": policy_fields.text_in_each("name", languages, service["name"], plain=True),
        "purpose": policy_fields.text_in_each("purpose", languages, service["purpose"]),
        "sends": _sends(service["sends"], preset),
        "their_purpose": policy_fields.text_in_each("their_purpose", languages, service["their_purpose"]),
        "provision": _provision(service["provision"], languages),
        "acquires_as_personal_data": _acquires(service["acquires_as_personal_data"]),
    }


def _chosen(name: str, before: Any) -> list[Any]:
    """What is ticked, and texts of the policy's own, which the form does not show."""
    return [*request.form.getlist(name), *(each for each in before or () if not isinstance(each, str))]


def _sends(before: Any, preset: Preset | None) -> list[Any] | None:
    chosen = _chosen("sends", before)
    known = preset.sends if preset else ()
    return (
        None
        if set(known) == {each for each in chosen if isinstance(each, str)} and len(chosen) == len(known)
        else chosen
    )


def _provision(before: Mapping[str, Any] | None, languages: list[str]) -> dict[str, Any] | None:
    kind = policy_fields.text("provision")
    if kind is None:
        return None
    return {"type": kind, "reason": policy_fields.text_in_each("reason", languages, (before or {}).get("reason"))}


def _acquires(before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not policy_fields.ticked("acquires"):
        return None
    return {**(before or {}), "items": _chosen("acquired", (before or {}).get("items"))}


@blueprint.post("/sites/<site_key>/policy/services/<service_id>/remove")
@open_to(EDITORS)
def remove_policy_service(service_id: str) -> AnyResponse:
    return _remove("services", service_id)


@blueprint.post("/sites/<site_key>/policy/categories/<category_id>/remove")
@open_to(EDITORS)
def remove_policy_category(category_id: str) -> AnyResponse:
    return _remove("categories", category_id)


@blueprint.post("/sites/<site_key>/policy/vendors/<vendor_id>/remove")
@open_to(EDITORS)
def remove_policy_vendor(vendor_id: str) -> AnyResponse:
    return _remove("vendors", vendor_id)


def _remove(kind: str, name: str) -> AnyResponse:
    return policy_draft.save(lambda policy: editing.remove(policy, kind, name), _list, "policy_services")


@blueprint.post("/sites/<site_key>/policy/vendors")
@open_to(EDITORS)
def save_policy_vendor() -> AnyResponse:
    name = (policy_fields.text("id") or "").lower()

    def change(policy: Source) -> Source:
        before = next((each["name"] for each in policy["vendors"] if each["id"] == name), None)
        country = policy_fields.text("country")
        values = {
            "name": policy_fields.text_in_each("vendor_name", policy["languages"], before, plain=True),
            "country": country and country.upper(),
            "policy_url": policy_fields.text("policy_url"),
        }
        return editing.put_member(policy, "vendors", name, values)

    return policy_draft.save(change, _list, "policy_services")
