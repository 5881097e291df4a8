"""One service of a policy, resolved: what the preset knows, with what the policy says on top."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from consent.catalogue import parameters
from consent.catalogue import texts as catalogue
from consent.catalogue.presets import Preset, presets
from consent.catalogue.vendors import vendors
from consent.policies import locales
from consent.policies.findings import Finding, Part
from consent.policies.translation import Everywhere, Translation

CONSENT = "consent"  # the id of the built-in service, which no service of a policy may take
CONTROLLER = "controller"  # the vendor that stands for the site itself

_DAY = 86_400


@dataclass(frozen=True)
class Context:
    """What a service of a policy may refer to."""

    said: Translation
    texts: Mapping[str, Mapping[str, str]]
    categories: Sequence[str]
    own_vendors: set[str]

    def report(self, code: str, path: str, **parts: Part) -> None:
        self.said.findings.append(Finding(code, path, parts))


def built_in(cookie: str, lifetime_days: int, said: Translation) -> dict[str, Any]:
    """The service `consent`: the cookie that remembers the choice, and what lies beside it in the browser."""
    own = [
        _own_row(cookie, "cookie", lifetime_days * _DAY, "choice", said),
        _own_row(cookie, "local_storage", -1, "choice_copy", said),
        _own_row(f"{cookie}.outbox", "local_storage", -1, "choice_unsent", said),
        _own_row(f"{cookie}.receipt", "local_storage", -1, "choice_receipt", said),
    ]
    sent = ("consent_choice", "page_url", "language", "ip", "user_agent", "access_time")
    return {
        "id": CONSENT,
        "category": "necessary",
        "preset": None,
        "vendor": CONTROLLER,
        "name": said.catalogued("services", CONSENT, "services.consent.name"),
        "purpose": said.catalogued("purposes", CONSENT, "services.consent.purpose"),
        "sends": [{"id": item, "text": said.catalogued("items", item, f"items.{item}")} for item in sent],
        "cookies": own,
        "cookies_known": True,
        "their_purpose": None,
        "provision": {"type": "no_provision", "reason": None},
        "acquires": None,
        "opt_out_url": None,
        "no_tag": False,
        "load": "page",
        "parameters": {},
        "consent_mode": False,
        "loads_others": False,
        "revoke_behaviour": "stops",
        "hosts": [],
        "steps": {"load": [], "grant": [], "revoke": []},
        "sweep": {"cookies": [], "storage": []},
    }


def _own_row(name: str, kind: str, lifetime_s: int, purpose: str, said: Translation) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "domain": None,
        "lifetime_s": lifetime_s,
        "purpose": said.catalogued("storage", purpose, f"storage.{purpose}"),
        "confidence": "verified",
        "source": None,
        "verified_on": None,
    }


def resolve(given: Mapping[str, Any], path: str, context: Context) -> dict[str, Any] | None:
    """None where the service cannot be made sense of; the context then holds the reason."""
    preset = presets().get(given["preset"])
    if preset is None:
        known = tuple(sorted(presets()))
        context.report("preset_unknown", f"{path}.preset", preset=given["preset"], known=known)
        return None
    category, vendor = _category(given, preset, path, context), _vendor(given, preset, path, context)
    if category is None or vendor is None:
        return None
    filled = _parameters(given, preset, path, context)
    return {
        "id": given["id"],
        "category": category,
        "preset": preset.id,
        "vendor": vendor,
        "name": _name(given, preset, path, context),
        "purpose": _purpose(given, preset, path, context),
        "sends": items(preset.sends if given["sends"] is None else given["sends"], f"{path}.sends", context),
        "cookies": _cookies(given, preset, path, context.said),
        "cookies_known": preset.storage_known or given["cookies"] is not None,
        "their_purpose": _their_purpose(given, preset, path, context.said),
        "provision": _provision(given["provision"], path, context.said),
        "acquires": _acquires(given["acquires_as_personal_data"], f"{path}.acquires_as_personal_data", context),
        "opt_out_url": given["opt_out_url"] or preset.opt_out_url,
        "no_tag": preset.no_tag,
        "load": _load(given, preset, path, context),
        "parameters": dict(given["parameters"]),
        "consent_mode": preset.consent_mode,
        "loads_others": preset.loads_others,
        "revoke_behaviour": preset.revoke_behaviour,
        "hosts": sorted(
            {*parameters.fill_hosts(preset.hosts if filled is not None else [], filled or {}), *given["hosts"]}
        ),
        "steps": _steps(preset, filled),
        "sweep": _sweep(given, preset),
    }


def complete(service: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Fills in what depends on the vendor: where to opt out, and who acquires the data."""
    vendor = document["vendors"][service["vendor"]]
    service["opt_out_url"] = service["opt_out_url"] or vendor["opt_out_url"]
    acquires = service["acquires"]
    if acquires is None:
        return
    acquires["recipient"] = acquires["recipient"] or dict(vendor["name"])
    acquires["text"] = acquires["text"] or {
        language: locales.fill(
            document["texts"][language]["acquires"],
            recipient=acquires["recipient"][language],
            items=locales.join_items([item[language] for item in acquires["items"]], language),
        )
        for language in document["languages"]
    }


def _category(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> str | None:
    category = given["category"] or preset.category
    if category in context.categories:
        return category
    if category is None:
        context.report("category_missing", f"{path}.category")
    else:
        name = locales.category_texts(category, "name") or category
        context.report("category_not_in_policy", f"{path}.category", category=category, name=name)
    return None


def _vendor(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> str | None:
    vendor = given["vendor"] or preset.vendor
    if vendor == CONTROLLER or vendor in context.own_vendors or vendor in vendors():
        return vendor
    if vendor is None:
        context.report("vendor_missing", f"{path}.vendor")
    else:
        context.report("vendor_unknown", f"{path}.vendor", vendor=vendor)
    return None


def _parameters(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> Mapping[str, str] | None:
    """The parameters, or None where one of them is wrong: then nothing is filled in anywhere."""
    wrong = list(parameters.problems(preset, given["parameters"]))
    for each in wrong:
        context.report(each.code, f"{path}.parameters.{each.name}", **each.parts)
    return None if wrong else given["parameters"]


def _steps(preset: Preset, filled: Mapping[str, str] | None) -> dict[str, Any]:
    kinds = {"load": preset.load, "grant": preset.grant, "revoke": preset.revoke}
    return {name: [] if filled is None else parameters.fill_steps(steps, filled) for name, steps in kinds.items()}


def _name(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> Everywhere:
    name = given["name"] or preset.name
    if name is None:
        context.report("name_missing", f"{path}.name")
    return context.said.of(name or "", f"{path}.name")


def _purpose(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> Everywhere:
    if given["purpose"]:
        return context.said.of(given["purpose"], f"{path}.purpose")
    if preset.purpose:
        return context.said.catalogued("purposes", preset.purpose, f"{path}.purpose")
    context.report("purpose_missing", f"{path}.purpose")
    return context.said.of("", f"{path}.purpose")


def _their_purpose(given: Mapping[str, Any], preset: Preset, path: str, said: Translation) -> Everywhere | None:
    """What the vendor itself uses the data for; None where nobody has said."""
    if given["their_purpose"] is None and preset.their_purpose:
        return said.catalogued("their_purposes", preset.their_purpose, f"{path}.their_purpose")
    return said.maybe(given["their_purpose"], f"{path}.their_purpose")


def _provision(given: Mapping[str, Any] | None, path: str, said: Translation) -> dict[str, Any] | None:
    """None: not decided. A preset only hints at it."""
    if given is None:
        return None
    return {"type": given["type"], "reason": said.maybe(given["reason"], f"{path}.provision.reason")}


def items(members: Sequence[Any], path: str, context: Context) -> list[dict[str, Any]]:
    """Data items by their ids, or in the policy's own words, in every language."""
    found = (_item(member, f"{path}.{index}", index, context) for index, member in enumerate(members))
    return [item for item in found if item]


def _item(member: Any, path: str, index: int, context: Context) -> dict[str, Any] | None:
    if not isinstance(member, str):
        return {"id": f"own-{index + 1}", "text": context.said.of(member, path)}
    if member in catalogue.known("items"):
        return {"id": member, "text": context.said.catalogued("items", member, path)}
    context.report("item_unknown", path, item=member, known=tuple(sorted(catalogue.known("items"))))
    return None


def _cookies(given: Mapping[str, Any], preset: Preset, path: str, said: Translation) -> list[dict[str, Any]]:
    """The preset's rows; a row of the policy with the same name and kind takes the place of the preset's."""
    rows = {(row.kind, row.name): _known_row(asdict(row), said) for row in preset.storage}
    for index, row in enumerate(given["cookies"] or []):
        place = f"{path}.cookies.{index}.purpose"
        rows[row["kind"], row["name"]] = {**row, "purpose": said.maybe(row["purpose"], place)}
    return list(rows.values())


def _known_row(row: dict[str, Any], said: Translation) -> dict[str, Any]:
    purpose = row["purpose"] and said.catalogued("storage", row["purpose"], f"storage.{row['purpose']}")
    return {**row, "purpose": purpose}


def _sweep(given: Mapping[str, Any], preset: Preset) -> dict[str, list[str]]:
    own = given["cookies"] or []
    cookies = [row["name"] for row in own if row["kind"] == "cookie"]
    storage = [row["name"] for row in own if row["kind"] != "cookie"]
    return {
        "cookies": sorted({*preset.sweep.cookies, *cookies}),
        "storage": sorted({*preset.sweep.storage, *storage}),
    }


def _load(given: Mapping[str, Any], preset: Preset, path: str, context: Context) -> str:
    if given["load"] == "platform" and not preset.load:
        context.report("load_unavailable", f"{path}.load", preset=preset.id)
    return given["load"] or ("platform" if preset.load else "page")


def _acquires(given: Mapping[str, Any] | None, path: str, context: Context) -> dict[str, Any] | None:
    if given is None:
        return None
    named = items(given["items"], f"{path}.items", context)
    return {
        "recipient": context.said.maybe(given["recipient"], f"{path}.recipient"),
        "items": [item["text"] for item in named],
        "text": context.said.maybe(given["text"], f"{path}.text"),
    }
