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
            yield Finding("id_duplicate", name, f"{each!r} stands there twice.", "give each its own id")
    for language in _repeated(policy["languages"]):
        yield Finding("language_duplicate", "languages", f"{language!r} stands there twice.", "remove one")


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _reserved(policy: Source) -> Iterator[Finding]:
    taken = {"services": CONSENT, "vendors": CONTROLLER}
    for name, reserved in taken.items():
        for index, row in enumerate(policy[name]):
            if row["id"] == reserved:
                yield Finding("id_reserved", f"{name}.{index}.id", f"{reserved!r} is always there.", "use another id")


def _unknown_categories(policy: Source) -> Iterator[Finding]:
    for index, category in enumerate(policy["categories"]):
        if category["id"] not in CATEGORIES:
            message = f"There is no category {category['id']!r}."
            yield Finding("category_unknown", f"categories.{index}", message, f"use {', '.join(CATEGORIES)}")


def _own_texts(policy: Source) -> Iterator[Finding]:
    reference = locales.built_in("en")
    for language, texts in policy["texts"].items():
        if language not in policy["languages"]:
            message = f"The policy does not speak {language!r}."
            yield Finding("language_unknown", f"texts.{language}", message, "add it to languages, or remove the texts")
        for key, text in texts.items():
            yield from _own_text(f"texts.{language}.{key}", reference.get(key), text)


def _own_text(path: str, reference: str | None, text: str) -> Iterator[Finding]:
    if reference is None:
        yield Finding("text_unknown", path, "The banner has no such text.", "see docs/policy.md for the keys")
    elif not text.strip():
        yield Finding("text_empty", path, "The text is empty.", "write it, or remove the key for the built-in one")
    elif locales.placeholders(text) != locales.placeholders(reference):
        needed = ", ".join(f"{{{name}}}" for name in sorted(locales.placeholders(reference))) or "none"
        yield Finding("text_placeholder", path, f"The placeholders must be: {needed}.", "put exactly these into it")


def _lifetime(policy: Source) -> Iterator[Finding]:
    days = policy["consent"]["lifetime_days"]
    if not 1 <= days <= LONGEST_DAYS:
        message = f"{days} days is outside 1 to {LONGEST_DAYS}."
        yield Finding("lifetime_out_of_range", "consent.lifetime_days", message, "180 is a good choice")


def _cookie_names(policy: Source) -> Iterator[Finding]:
    if not _OWN_COOKIE.fullmatch(policy["consent"]["cookie"]):
        message = f"{policy['consent']['cookie']!r} cannot be the name of our cookie."
        yield Finding("cookie_name_invalid", "consent.cookie", message, "use letters, digits, _ and -")
    for number, service in enumerate(policy["services"]):
        for index, row in enumerate(service["cookies"] or []):
            yield from _cookie_name(row, f"services.{number}.cookies.{index}.name")


def _cookie_name(row: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if row["kind"] == "cookie" and not _COOKIE.fullmatch(row["name"]):
        yield Finding("cookie_name_invalid", path, f"{row['name']!r} is no cookie name.", "correct it")
    if not row["name"].strip("*"):
        # It would list, and on refusal delete, every cookie of the site.
        yield Finding("cookie_name_invalid", path, "A wildcard must not stand alone.", "name what it begins with")


def _layout(policy: Source) -> Iterator[Finding]:
    layout = policy["layout"]
    allowed = POSITIONS[layout["first"]]
    if layout["position"] is not None and layout["position"] not in allowed:
        message = f"A {layout['first']} cannot stand at {layout['position']!r}."
        yield Finding("layout_position", "layout.position", message, f"use {' or '.join(allowed)}")
    for missing in sorted({"reject", "accept"} - set(layout["buttons"])):
        message = f"The first layer has no button {missing!r}: refusing must be as easy as accepting."
        yield Finding("refusal_weaker", "layout.buttons", message, "write buttons: [reject, accept, settings]")
    if _repeated(layout["buttons"]):
        yield Finding("refusal_weaker", "layout.buttons", "A button stands there twice.", "name each once")


def _contrast(policy: Source) -> Iterator[Finding]:
    for scheme in ("light", "dark"):
        colours = policy["theme"][scheme]
        for below, above in READ_TOGETHER:
            found = ratio(colours[below], colours[above])
            if found < LEAST_CONTRAST:
                message = f"{above} on {below} has a contrast of {found:.2f}:1, below {LEAST_CONTRAST}:1."
                yield Finding(
                    "theme_contrast", f"theme.{scheme}.{above}", message, "make one of them lighter or darker"
                )


def _advanced(policy: Source) -> Iterator[Finding]:
    if policy["consent_mode"]["mode"] == "advanced":
        message = "Advanced mode loads Google's tags and sends pings before any choice, also after a refusal."
        yield Finding("consent_mode_advanced", "consent_mode.mode", message, "prefer basic", WARNING)


def _snippets(policy: Source) -> Iterator[Finding]:
    for index, service in enumerate(policy["services"]):
        preset = presets().get(service["preset"])
        if preset and preset.snippet_leak == "noscript-img" and service["load"] == "page":
            message = "The vendor's snippet has a <noscript> image, which browsers load without any choice."
            yield Finding("snippet_leak", f"services.{index}", message, "leave <noscript> out of the page", WARNING)


def _acquires(document: Mapping[str, Any]) -> Iterator[Finding]:
    """APPI Article 31: the words at the switch name the recipient and the items, in each language."""
    for service in document["services"]:
        acquires, path = service["acquires"], f"services.{service['id']}.acquires_as_personal_data"
        if acquires is None:
            continue
        if not acquires["items"]:
            yield Finding("acquires_unnamed", f"{path}.items", "No item is named.", "name what the recipient acquires")
        for language, text in acquires["text"].items():
            yield from _unnamed(acquires, language, text, f"{path}.text.{language}")


def _unnamed(acquires: Mapping[str, Any], language: str, text: str, path: str) -> Iterator[Finding]:
    named = [acquires["recipient"][language], *(item[language] for item in acquires["items"])]
    for words in named:
        if words and words not in text:
            yield Finding("acquires_unnamed", path, f"The text does not name {words!r}.", "say it in the text")


def _provisions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """APPI: what each recipient is has to be decided; joint use and Article 31 need their words before anything is given."""
    undecided = []
    for service in document["services"]:
        path, provision = f"services.{service['id']}.provision", service["provision"]
        if provision is None and service["vendor"] != CONTROLLER and not service["no_tag"]:
            undecided.append(service["id"])
        kind = provision["type"] if provision else None
        if kind == "personal_related_info" and service["acquires"] is None:
            message = "Article 31: visitors have to read which recipient acquires which items as personal data."
            yield Finding("provision_unnamed", path, message, "fill in acquires_as_personal_data")
        if kind == "joint_use" and not document["joint_use"]:
            message = "Joint use has to be made public: items, users, purpose and who is responsible."
            yield Finding("provision_joint_use", path, message, "fill in joint_use")
    if undecided and "jp" in _packs(document):
        message = f"Under which rule data goes to the vendor is not decided: {', '.join(undecided)}."
        yield Finding("provision_undecided", "services", message, "fill in provision", WARNING)


def _packs(document: Mapping[str, Any]) -> set[str]:
    """Without a word about laws it is the default pack."""
    law = document.get("law")
    return {each["id"] for each in law["packs"]} if law else {DEFAULT}


def _without_services(document: Mapping[str, Any]) -> Iterator[Finding]:
    used = {service["category"] for service in document["services"]}
    for category in document["categories"]:
        if category["id"] not in used:
            message = f"The category {category['id']!r} has no service: visitors are asked about nothing."
            yield Finding("category_empty", "categories", message, "remove it, or add a service", WARNING)


def _unclear_services(document: Mapping[str, Any]) -> Iterator[Finding]:
    for service in document["services"]:
        path = f"services.{service['id']}"
        if not service["cookies_known"]:
            message = "Nobody has verified which cookies it sets; visitors read that it is unverified."
            yield Finding("cookies_unknown", f"{path}.cookies", message, "list what a browser shows", WARNING)
        if service["preset"] == "gtm":
            message = "What the container loads is outside this policy's gate."
            fix = "let its tags ask for consent, and list their services here"
            yield Finding("loads_others", path, message, fix, WARNING)


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
    _without_services,
    _unclear_services,
    law_lint.exemptions,
)
