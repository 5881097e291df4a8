"""From a published version back to a source: what the catalogue and the built-in texts say anyway is left out.

Versions hold the resolved document only. Where the catalogue has changed since, the source says what was published, so
that resolving it gives the old words; only a tag's own steps always come from today's catalogue.
"""

from collections.abc import Mapping
from typing import Any

from consent.catalogue import texts as catalogue
from consent.catalogue.presets import presets
from consent.catalogue.vendors import vendors
from consent.policies import locales
from consent.policies.document import Source, resolve
from consent.policies.schemas.validation import validated
from consent.policies.service import CONSENT, CONTROLLER
from consent.policies.translation import Translation

Resolved = Mapping[str, Any]
_SECTIONS = ("consent", "consent_mode", "layout", "theme", "recording")


def reopen(document: Resolved) -> Source:
    """A validated source that resolves to this document. Raises PolicyRefused where no source can say it any more."""
    services = [each for each in document["services"] if each["id"] != CONSENT]
    plain = {
        "schema": document["schema"],
        "controller": {name: _plain(value) for name, value in document["controller"].items()},
        "privacy_policy": {**document["privacy_policy"], "url": _plain(document["privacy_policy"]["url"])},
        "languages": document["languages"],
        "texts": _texts(document["texts"]),
        "categories": [_category(each) for each in document["categories"]],
        "services": [_bare(each) for each in services],
        "vendors": _vendors(document),
        **{name: document[name] for name in _SECTIONS},
        "joint_use": [_joint_use(each) for each in document.get("joint_use", [])],
        **_law(document),
    }
    # What a service is without a word of its own; the rest is what the policy said.
    known = {each["id"]: each for each in resolve(validated(plain)).document["services"]}
    plain["services"] = [_service(each, known.get(each["id"])) for each in services]
    return validated(plain)


def _law(document: Resolved) -> dict[str, Any]:
    written = document.get("law")
    if written is None:
        return {}
    chosen = {"packs": [each["id"] for each in written["packs"]], "default": written["default"]}
    own = {name: _own_words(written.get(name), known) for name, known in locales.notices().items()}
    return {"law": chosen | {name: words for name, words in own.items() if words}}


def _own_words(said: Mapping[str, str] | None, known: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in (said or {}).items() if text != known.get(language)}


def _joint_use(given: Mapping[str, Any]) -> dict[str, Any]:
    responsible = {name: _plain(value) for name, value in given["responsible"].items()}
    items = [_item(each["text"]) for each in given["items"]]
    return {
        **{name: given[name] for name in ("id", "name", "users", "purpose")},
        "items": items,
        "responsible": responsible,
    }


def _plain(text: Any) -> Any:
    """One string where it is the same in every language."""
    values = list(text.values()) if isinstance(text, Mapping) else []
    return values[0] if values and len(set(values)) == 1 else text


def _texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    own = {
        language: {key: text for key, text in given.items() if text != locales.built_in(language).get(key)}
        for language, given in texts.items()
    }
    return {language: given for language, given in own.items() if given}


def _category(category: Mapping[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {"id": category["id"]}
    for field in ("name", "description"):
        known = locales.category_texts(category["id"], field)
        changed = {language: text for language, text in category[field].items() if text != known.get(language)}
        own |= {field: changed} if changed else {}
    return own


def _vendors(document: Resolved) -> list[dict[str, Any]]:
    said = Translation(document["languages"])
    found = []
    for name, vendor in document["vendors"].items():
        if name != CONTROLLER and not (name in vendors() and _is_known(vendor, name, said)):
            own = {"id": name, **vendor, "name": _plain(vendor["name"]), "address": _plain(vendor["address"])}
            found.append(own)
    return found


def _is_known(vendor: Mapping[str, Any], name: str, said: Translation) -> bool:
    known = vendors()[name]
    texts = {"name": said.named(known.name, name), "address": known.address and said.named(known.address, name)}
    plain = {each: getattr(known, each) for each in ("country", "policy_url", "opt_out_url")}
    return {**texts, **plain} == dict(vendor)


def _bare(service: Mapping[str, Any]) -> dict[str, Any]:
    """Category and vendor are always there: a preset may have none."""
    acquires = service["acquires"]
    own = {"acquires_as_personal_data": {"items": [_item(each) for each in acquires["items"]]}} if acquires else {}
    return {name: service[name] for name in ("id", "preset", "category", "vendor", "parameters")} | own


def _service(service: Mapping[str, Any], known: Mapping[str, Any] | None) -> dict[str, Any]:
    own = _bare(service)
    preset = presets().get(service["preset"])
    for name in ("category", "vendor"):
        if preset and own[name] == getattr(preset, name):
            del own[name]
    known = known or {}
    for name in ("name", "purpose", "their_purpose", "provision", "load", "opt_out_url"):
        if service.get(name) != known.get(name):
            own[name] = _plain(service[name]) if name == "name" else service[name]
    if service["sends"] != known.get("sends"):
        own["sends"] = [_item(each["text"]) for each in service["sends"]]
    own |= _cookies(service, known)
    own["hosts"] = sorted(set(service["hosts"]) - set(known.get("hosts", [])))
    if service["acquires"]:
        own["acquires_as_personal_data"] |= _acquires(service["acquires"], known.get("acquires") or {})
    return own


def _item(text: Mapping[str, str]) -> Any:
    """The id of the catalogue's item that says this, else the text."""
    for item in sorted(catalogue.known("items")):
        known = catalogue.text("items", item)
        if all(known.get(language) == each for language, each in text.items()):
            return item
    return dict(text)


def _cookies(service: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    rows = [row for row in service["cookies"] if row not in known.get("cookies", [])]
    says_none = service["cookies_known"] and not known.get("cookies_known")
    return {"cookies": rows} if rows or says_none else {}


def _acquires(acquires: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: acquires[name] for name in ("recipient", "text") if acquires[name] != known.get(name)}
    return {name: _plain(value) if name == "recipient" else value for name, value in own.items()}
