"""What visitors read, two languages side by side, and which languages there are."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import policy_draft, policy_fields, policy_words
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.banner import texts as chunks
from consent.policies import editing, locales
from consent.policies.completeness import completeness
from consent.policies.document import Source, resolve
from consent.policies.findings import Finding

_FIELDS = ("name", "description")


@blueprint.get("/sites/<site_key>/policy/texts")
@open_to(READERS)
def policy_texts() -> Response:
    return _show()


@blueprint.post("/sites/<site_key>/policy/texts")
@open_to(EDITORS)
def save_policy_texts() -> AnyResponse:
    beside: dict[str, Any] = {name: request.args[name] for name in ("left", "right") if name in request.args}
    return policy_draft.save(_texts, _show, "policy_texts", **beside)


def _texts(policy: Source) -> Source:
    languages, keys = policy["languages"], locales.reference_keys()
    own = {key: policy_fields.texts(f"text.{key}", languages) for key in keys}
    by_language = {
        language: {key: given[language] for key, given in own.items() if language in given} for language in languages
    }
    changed = editing.set_texts(policy, by_language)
    for category in policy["categories"]:
        names = {field: policy_fields.texts(f"category.{category['id']}.{field}", languages) for field in _FIELDS}
        changed = editing.set_category(changed, category["id"], names)
    return changed


@blueprint.post("/sites/<site_key>/policy/languages")
@open_to(EDITORS)
def save_policy_languages() -> AnyResponse:
    return policy_draft.save(_languages, _show, "policy_texts")


def _languages(policy: Source) -> Source:
    """One step at a time: one comes, goes, or becomes the default."""
    add, remove, first = (policy_fields.text(name) for name in ("add", "remove", "first"))
    languages = [each for each in policy["languages"] if each != remove]
    if add:
        languages.append(add.lower())
    if first in languages:
        languages = [first, *languages]
    return editing.set_languages(policy, languages)


def _show(policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    found = policy_draft.draft()
    shown = policy or found.policy
    said = completeness(resolve(found.policy).document)
    more = [each for each in locales.banner_texts() if each not in shown["languages"]]
    return policy_draft.show(
        "policy_texts",
        "policy_texts.html",
        found,
        shown,
        refused=refused or (),
        said_in=said,
        columns=_columns(shown["languages"]),
        groups=_groups(shown),
        categories=[_category(each, shown["languages"]) for each in shown["categories"]],
        more=policy_words.language_names(more),
        own={language: len(texts) for language, texts in shown["texts"].items()},
    )


def _columns(languages: list[str]) -> list[str]:
    """The two that are side by side."""
    left = request.args.get("left")
    left = left if left in languages else languages[0] if languages else ""
    right = request.args.get("right")
    others = [each for each in languages if each != left]
    right = right if right in others else next(iter(others), None)
    return [each for each in (left, right) if each]


def _groups(policy: Source) -> list[tuple[str, list[dict[str, Any]]]]:
    rest = [key for key in locales.reference_keys() if key not in (*chunks.FIRST, *chunks.SECOND)]
    named: Iterable[tuple[str, Iterable[str]]] = (("first", chunks.FIRST), ("second", chunks.SECOND), ("rest", rest))
    return [(name, [_text(key, policy) for key in keys]) for name, keys in named]


def _text(key: str, policy: Source) -> dict[str, Any]:
    languages, texts = policy["languages"], policy["texts"]
    return {
        "key": key,
        "own": {each: texts.get(each, {}).get(key, "") for each in languages},
        "built_in": {each: locales.built_in(each).get(key, "") for each in languages},
    }


def _category(category: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    fields = {}
    for field in _FIELDS:
        own, known = category.get(field, {}), locales.category_texts(category["id"], field)
        fields[field] = {each: (own.get(each, ""), known.get(each, "")) for each in languages}
    return {"id": category["id"], "fields": fields}
