"""Changes to one part of a policy, as its forms make them. Pure: each takes a source and gives a new one.

What comes out still has to be validated: a form may hold anything.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from consent.catalogue.presets import CATEGORIES, presets
from consent.errors import ConsentError
from consent.policies.document import Source
from consent.policies.schemas.validation import validated


class PartUnknown(ConsentError):
    """Somebody has removed it in the meantime, or the catalogue has no such preset."""

    status = 404
    code = "policy_part_unknown"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r}.")


def put(policy: Source, section: str, values: Mapping[str, Any]) -> Source:
    """Other members of the section stay."""
    return {**policy, section: {**policy[section], **values}}


def add_service(
    policy: Source, preset_id: str, *, parameters: Mapping[str, str] | None = None, load: str | None = None
) -> tuple[Source, str]:
    """With the category that it needs. Returns the id of the new service too. Raises PartUnknown."""
    preset = presets().get(preset_id)
    if preset is None:
        raise PartUnknown("preset", preset_id)
    name = _free_id(preset_id, {each["id"] for each in policy["services"]})
    category = preset.category or "functional"
    service: dict[str, Any] = {"id": name, "preset": preset_id, "parameters": dict(parameters or {})}
    if load:
        service["load"] = load
    if preset.category is None:
        service["category"] = category
    changed = {**policy, "services": [*policy["services"], service]}
    return add_category(changed, category), name


def put_back(policy: Source, name: str, preset_id: str) -> Source:
    """A service that was removed, without what was said of it. Raises PartUnknown, PolicyRefused."""
    if preset_id not in presets():
        raise PartUnknown("preset", preset_id)
    return validated({**policy, "services": [*policy["services"], {"id": name, "preset": preset_id}]})


def _free_id(wanted: str, taken: set[str]) -> str:
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def change_service(policy: Source, name: str, values: Mapping[str, Any]) -> Source:
    """Raises PartUnknown."""
    service = find(policy, "services", name)
    category = values.get("category") or service.get("category")
    changed = _replaced(policy, "services", name, {**service, **values})
    return add_category(changed, category) if category in CATEGORIES else changed


def remove(policy: Source, kind: str, name: str) -> Source:
    """A service, vendor, category or joint use. Raises PartUnknown."""
    find(policy, kind, name)
    return {**policy, kind: [each for each in policy[kind] if each["id"] != name]}


def put_member(policy: Source, kind: str, name: str, values: Mapping[str, Any]) -> Source:
    """A vendor of the policy's own, or a joint use; new or changed."""
    if any(each["id"] == name for each in policy[kind]):
        return _replaced(policy, kind, name, {**find(policy, kind, name), **values})
    return {**policy, kind: [*policy[kind], {"id": name, **values}]}


def add_joint_use(policy: Source, values: Mapping[str, Any]) -> Source:
    """Under an id that is free: nobody reads it but as the end of an address."""
    return put_member(policy, "joint_use", _free_id("joint-use", {each["id"] for each in policy["joint_use"]}), values)


def add_category(policy: Source, name: str) -> Source:
    """In the order in which visitors read them; nothing happens where it is there."""
    known = {each["id"]: each for each in policy["categories"]}
    if name in known:
        return policy
    known[name] = {"id": name}
    strange = [each for each in policy["categories"] if each["id"] not in CATEGORIES]
    return {**policy, "categories": [*(known[each] for each in CATEGORIES if each in known), *strange]}


def set_languages(policy: Source, languages: Iterable[str]) -> Source:
    """The first is the default. The banner's own texts of a language that goes, go with it."""
    wanted = list(dict.fromkeys(languages))
    texts = {language: given for language, given in policy["texts"].items() if language in wanted}
    return {**policy, "languages": wanted, "texts": texts}


def set_texts(policy: Source, texts: Mapping[str, Mapping[str, str]]) -> Source:
    """{language: {key: text}}; an empty text stands for the built-in one. Texts that are not named stay."""
    merged = {**policy["texts"]}
    for language, given in texts.items():
        both = {**merged.get(language, {}), **given}
        merged[language] = {key: text for key, text in both.items() if text}
    return {**policy, "texts": {language: given for language, given in merged.items() if given}}


def set_category(policy: Source, name: str, texts: Mapping[str, Mapping[str, str]]) -> Source:
    """{field: {language: text}} for `name` and `description`; empty texts as above. Raises PartUnknown."""
    category = {**find(policy, "categories", name)}
    for field, given in texts.items():
        both = {**category.pop(field, {}), **given}
        said = {language: text for language, text in both.items() if text}
        category |= {field: said} if said else {}
    return _replaced(policy, "categories", name, category)


def find(policy: Source, kind: str, name: str) -> dict[str, Any]:
    """Raises PartUnknown."""
    for each in policy[kind]:
        if each["id"] == name:
            found: dict[str, Any] = each
            return found
    raise PartUnknown(kind, name)


def _replaced(policy: Source, kind: str, name: str, member: Mapping[str, Any]) -> Source:
    return {**policy, kind: [dict(member) if each["id"] == name else each for each in policy[kind]]}
