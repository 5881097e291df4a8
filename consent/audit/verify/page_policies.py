"""Under which words, and for which recipients: the policy versions of the bundle, for people to read.

A document may be of anybody's making. What is not where a policy has it is left out.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

_SHOWN = ("title", "body", "accept", "reject", "settings")


def policies(summary: Mapping[str, Any], said: Mapping[str, str], language: str) -> str:
    documents: Mapping[str, Any] = summary["policies"]
    used = {(each["policy_version"], each["language"]) for each in summary["samples"]}
    made = [_policy(version, documents[version], used, said, language) for version in sorted(documents)]
    content = "".join(made) or f"<p>{escape(said['no_policies'])}</p>"
    return f"<section><h2>{escape(said['words_shown'])}</h2>{content}</section>"


def _policy(
    version: str, document: Mapping[str, Any], used: set[tuple[str, str]], said: Mapping[str, str], language: str
) -> str:
    texts = _map(document.get("texts"))
    shown = sorted(tag for of, tag in used if of == version and tag in texts) or list(texts)[:1]
    name = _text(_map(document.get("controller")).get("name"), language)
    privacy = _map(document.get("privacy_policy"))
    number = f"{said['privacy_policy']} {privacy['version']}" if isinstance(privacy.get("version"), str) else ""
    return (
        f"<article><h3>{escape(name)} <small>{escape(number)}</small></h3>"
        f'<p class="hash">{escape(said["policy"])} {escape(version)}</p>'
        + "".join(_words(tag, _map(texts.get(tag)), _map(document.get("controller"))) for tag in shown)
        + _recipients(document, said, language)
        + "</article>"
    )


def _words(tag: str, texts: Mapping[str, Any], controller: Mapping[str, Any]) -> str:
    """As the visitor read them, in their language."""
    site = _text(controller.get("name"), tag)
    title, body, *buttons = (_text(texts.get(name), tag).replace("{site}", site) for name in _SHOWN)
    labels = " ".join(f'<span class="button">{escape(label)}</span>' for label in buttons if label)
    return f'<blockquote lang="{escape(tag)}"><h4>{escape(title)}</h4><p>{escape(body)}</p><p>{labels}</p></blockquote>'


def _recipients(document: Mapping[str, Any], said: Mapping[str, str], language: str) -> str:
    vendors = _map(document.get("vendors"))
    categories = {str(each["id"]): _text(each.get("name"), language) for each in document["categories"]}
    rows = "".join(_service(each, vendors, categories, language) for each in document["services"])
    head = "".join(
        f'<th scope="col">{escape(said[name])}</th>' for name in ("service", "category", "vendor", "country", "purpose")
    )
    caption = f"<caption>{escape(said['recipients'])}</caption>"
    return f'<table class="recipients">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _service(each: Mapping[str, Any], vendors: Mapping[str, Any], categories: Mapping[str, str], language: str) -> str:
    vendor = _map(vendors.get(str(each.get("vendor"))))
    cells = (
        _text(each.get("name"), language) or str(each["id"]),
        categories.get(str(each.get("category")), ""),
        _text(vendor.get("name"), language),
        _text(vendor.get("country"), language),
        _text(each.get("purpose"), language),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, language: str) -> str:
    """In the language, or else in the first that there is."""
    if isinstance(value, dict):
        value = value.get(language, next(iter(value.values()), ""))
    return value if isinstance(value, str) else ""
