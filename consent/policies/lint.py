"""What holds up publishing, and what deserves a second look. Each rule is one function over the policy."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from consent.catalogue.presets import CATEGORIES, presets
from consent.law.packs import DEFAULT
from consent.policies import law_lint, locales
from consent.policies.contrast import ratio
from consent.policies.document import POSITIONS, Resolved, Source, resolve
from consent.policies.findings import WARNING, Finding
from consent.policies.service import CONSENT, CONTROLLER

LONGEST_DAYS = 400  # what browsers keep a cookie at most
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3

# Our own cookie carries a Domain and is read by script: the prefixed names would be refused by browsers.
_OWN_COOKIE = re.compile(r"(?!__(Host|Secure)-)[A-Za-z0-9_-]{1,40}")
_COOKIE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 6265 token, with * as wildcard
_JAPANESE = {"jp", "jp-notice"}
READ_TOGETHER = (("background", "text"), ("accent", "accent_text"), ("background", "muted"))


def check(policy: Source) -> list[Finding]:
    """Every finding of a validated policy, errors first."""
    return findings_of(policy, resolve(policy))


def findings_of(policy: Source, resolved: Resolved) -> list[Finding]:
    found = [*resolved.findings]
    for rule in _SOURCE_RULES:
        found.extend(rule(policy))
    for look in _RESOLVED_RULES:
        found.extend(look(resolved.document))
    return sorted(dict.fromkeys(found), key=lambda each: each.severity == WARNING)


def _duplicates(policy: Source) -> Iterator[Finding]:
    for name in ("services", "vendors", "categories", "joint_use"):
        for each in _repeated(row["id"] for row in policy[name]):
            yield Finding("id_duplicate", name, {"id": each})
    for language in _repeated(policy["languages"]):
        yield Finding("language_duplicate", "languages", {"language": language})


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _reserved(policy: Source) -> Iterator[Finding]:
    taken = {"services": CONSENT, "vendors": CONTROLLER}
    for name, reserved in taken.items():
        for index, row in enumerate(policy[name]):
            if row["id"] == reserved:
                yield Finding("id_reserved", f"{name}.{index}.id", {"id": reserved})


def _unknown_categories(policy: Source) -> Iterator[Finding]:
    for index, category in enumerate(policy["categories"]):
        if category["id"] not in CATEGORIES:
            parts = {"category": category["id"], "known": tuple(CATEGORIES)}
            yield Finding("category_unknown", f"categories.{index}", parts)


def _own_texts(policy: Source) -> Iterator[Finding]:
    reference = locales.built_in("en")
    for language, texts in policy["texts"].items():
        if language not in policy["languages"]:
            yield Finding("language_unknown", f"texts.{language}", {"language": language})
        for key, text in texts.items():
            yield from _own_text(f"texts.{language}.{key}", reference.get(key), text)


def _own_text(path: str, reference: str | None, text: str) -> Iterator[Finding]:
    if reference is None:
        yield Finding("text_unknown", path)
    elif not text.strip():
        yield Finding("text_empty", path)
    elif locales.placeholders(text) != locales.placeholders(reference):
        needed = tuple(f"{{{name}}}" for name in sorted(locales.placeholders(reference)))
        yield Finding("text_placeholder", path, {"needed": needed}, "some" if needed else "none")


def _lifetime(policy: Source) -> Iterator[Finding]:
    days = policy["consent"]["lifetime_days"]
    if not 1 <= days <= LONGEST_DAYS:
        yield Finding("lifetime_out_of_range", "consent.lifetime_days", {"days": days, "longest": LONGEST_DAYS})


def _cookie_names(policy: Source) -> Iterator[Finding]:
    own = policy["consent"]["cookie"]
    if not _OWN_COOKIE.fullmatch(own):
        yield Finding("cookie_name_invalid", "consent.cookie", {"name": own}, "own")
    for number, service in enumerate(policy["services"]):
        for index, row in enumerate(service["cookies"] or []):
            yield from _cookie_name(row, f"services.{number}.cookies.{index}.name")


def _cookie_name(row: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if row["kind"] == "cookie" and not _COOKIE.fullmatch(row["name"]):
        yield Finding("cookie_name_invalid", path, {"name": row["name"]}, "of_service")
    if not row["name"].strip("*"):
        # It would list, and on refusal delete, every cookie of the site.
        yield Finding("cookie_name_invalid", path, case="wildcard")


def _layout(policy: Source) -> Iterator[Finding]:
    layout = policy["layout"]
    allowed = POSITIONS[layout["first"]]
    if layout["position"] is not None and layout["position"] not in allowed:
        parts = {"first": layout["first"], "position": layout["position"], "allowed": tuple(allowed)}
        yield Finding("layout_position", "layout.position", parts)
    for missing in sorted({"reject", "accept"} - set(layout["buttons"])):
        yield Finding("refusal_weaker", "layout.buttons", case=f"no_{missing}")
    if _repeated(layout["buttons"]):
        yield Finding("refusal_weaker", "layout.buttons", case="twice")


def _contrast(policy: Source) -> Iterator[Finding]:
    for scheme in ("light", "dark"):
        colours = policy["theme"][scheme]
        for below, above in READ_TOGETHER:
            found = ratio(colours[below], colours[above])
            if found < LEAST_CONTRAST:
                parts = {"ratio": f"{found:.2f}", "least": str(LEAST_CONTRAST)}
                yield Finding("theme_contrast", f"theme.{scheme}.{above}", parts, above)


def _advanced(policy: Source) -> Iterator[Finding]:
    if policy["consent_mode"]["mode"] == "advanced":
        yield Finding("consent_mode_advanced", "consent_mode.mode", severity=WARNING)


def _snippets(policy: Source) -> Iterator[Finding]:
    for index, service in enumerate(policy["services"]):
        preset = presets().get(service["preset"])
        if preset and preset.snippet_leak == "noscript-img" and service["load"] == "page":
            yield Finding("snippet_leak", f"services.{index}", severity=WARNING)


def _acquires(document: Mapping[str, Any]) -> Iterator[Finding]:
    """APPI Article 31: the words at the switch name the recipient and the items, in each language."""
    for service in document["services"]:
        acquires, path = service["acquires"], f"services.{service['id']}.acquires_as_personal_data"
        if acquires is None:
            continue
        if not acquires["items"]:
            yield Finding("acquires_unnamed", f"{path}.items", case="no_item")
        for language, text in acquires["text"].items():
            yield from _unnamed(acquires, language, text, f"{path}.text.{language}")


def _unnamed(acquires: Mapping[str, Any], language: str, text: str, path: str) -> Iterator[Finding]:
    named = [acquires["recipient"][language], *(item[language] for item in acquires["items"])]
    for words in named:
        if words and words not in text:
            yield Finding("acquires_unnamed", path, {"words": words}, "in_text")


def _provisions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """APPI: what each recipient is has to be decided; joint use and Article 31 need their words before anything is given."""
    undecided = []
    for service in document["services"]:
        path, provision = f"services.{service['id']}.provision", service["provision"]
        if provision is None and service["vendor"] != CONTROLLER and not service["no_tag"]:
            undecided.append(service["id"])
        kind = provision["type"] if provision else None
        if kind == "personal_related_info" and service["acquires"] is None:
            yield Finding("provision_unnamed", path)
        if kind == "joint_use" and not document["joint_use"]:
            yield Finding("provision_joint_use", path)
    if undecided and _packs(document) & _JAPANESE:
        yield Finding("provision_undecided", "services", {"services": tuple(undecided)}, severity=WARNING)


def _representatives(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the one responsible is a corporation, only people know."""
    for index, each in enumerate(document["joint_use"]):
        if each["responsible"]["representative"] is None:
            path = f"joint_use.{index}.responsible.representative"
            yield Finding("joint_use_representative", path, severity=WARNING)


def _packs(document: Mapping[str, Any]) -> set[str]:
    """Without a word about laws it is the default pack."""
    law = document.get("law")
    return {each["id"] for each in law["packs"]} if law else {DEFAULT}


def _without_services(document: Mapping[str, Any]) -> Iterator[Finding]:
    used = {service["category"] for service in document["services"]}
    for category in document["categories"]:
        if category["id"] not in used:
            parts = {"category": category["id"], "name": locales.category_texts(category["id"], "name")}
            yield Finding("category_empty", "categories", parts, severity=WARNING)


def _unclear_services(document: Mapping[str, Any]) -> Iterator[Finding]:
    for service in document["services"]:
        path = f"services.{service['id']}"
        if not service["cookies_known"]:
            yield Finding("cookies_unknown", f"{path}.cookies", severity=WARNING)
        if service["preset"] == "gtm":
            yield Finding("loads_others", path, severity=WARNING)


_SOURCE_RULES: tuple[Callable[[Source], Iterable[Finding]], ...] = (
    _duplicates,
    _reserved,
    _unknown_categories,
    _own_texts,
    _lifetime,
    _cookie_names,
    _layout,
    _contrast,
    _advanced,
    _snippets,
    law_lint.chosen,
)
_RESOLVED_RULES: tuple[Callable[[Mapping[str, Any]], Iterable[Finding]], ...] = (
    _acquires,
    _provisions,
    _representatives,
    _without_services,
    _unclear_services,
    law_lint.exemptions,
)
