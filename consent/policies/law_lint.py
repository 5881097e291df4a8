"""What the chosen law packs ask of a policy. Each finding names the article and how sure we are of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from consent import clock
from consent.law.packs import Months, Pack, Version, packs
from consent.policies.findings import ERROR, WARNING, Finding
from consent.policies.service import CONTROLLER

Source = Mapping[str, Any]
Rule = Callable[[Source, Pack, Version], Iterable[Finding]]
_DAYS = "consent.lifetime_days"


def chosen(policy: Source) -> Iterator[Finding]:
    """Of a validated source."""
    names, today = policy["law"]["packs"], clock.now().date()
    for name, count in Counter(names).items():
        if count > 1:
            yield Finding("id_duplicate", "law.packs", f"{name!r} stands there twice.", "name each once")
    for name in dict.fromkeys([*names, policy["law"]["default"]]):
        pack = packs().get(name)
        version = pack and pack.at(today)
        if pack and version:
            for rule in _RULES:
                yield from rule(policy, pack, version)
        elif pack:
            message = f"We know of no version of {name} that is in force on {today}: it asks for everything."
            yield Finding("law_not_in_force", "law.packs", message, "leave it out, or choose another", WARNING)


def most_days(months: int) -> int:
    """The longest that so many months can be, whichever they are."""
    return months // 12 * 366 if months % 12 == 0 else months * 366 // 12 + 1


def _lifetime(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    days, longest = policy["consent"]["lifetime_days"], version.longest
    if longest and days > most_days(longest.months):
        message = f"{pack.id}: a decision is kept for {longest.months} months at most{_weight(longest)}."
        severity = ERROR if longest.binding else WARNING
        yield Finding("law_lifetime", _DAYS, message, f"write {most_days(longest.months)}, or less", severity)


def _asking_again(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    days, pause = policy["consent"]["lifetime_days"], version.reask
    if pause and days < most_days(pause.months):
        message = f"{pack.id}: after a refusal nobody is asked again for {pause.months} months{_weight(pause)}."
        yield Finding("law_reask_early", _DAYS, message, f"write {most_days(pause.months)}, or more", WARNING)


def _weight(months: Months) -> str:
    return "" if months.binding else " (good practice)"


def _advanced(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    if version.tags_before_consent == "forbidden" and policy["consent_mode"]["mode"] == "advanced":
        message = f"{pack.id}: no third-party script is fetched before consent, and advanced mode fetches Google's."
        yield Finding("law_advanced", "consent_mode.mode", message, "write basic")


def _first_layer(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    if "settings" in version.first_layer and "settings" not in policy["layout"]["buttons"]:
        message = f"{pack.id}: choosing by purpose has to be reachable from the first layer."
        yield Finding(
            "law_first_layer", "layout.buttons", message, "write buttons: [reject, accept, settings]", WARNING
        )
    if "choices_link" in version.first_layer and policy["layout"]["reopen"] != "link":
        message = f"{pack.id}: a banner alone is no method to opt out; each page needs a link “Your Privacy Choices”."
        fix = "put the link with data-consent-open into the footer, and write reopen: link"
        yield Finding("law_choices_link", "layout.reopen", message, fix, WARNING)


def exemptions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Of a resolved document. Whether a tag does nothing but what the exception covers, only people can see."""
    for pack in (document.get("law") or {"packs": []})["packs"]:
        exempt = {name for name, term in pack["categories"].items() if term["model"] == "exempt_with_opt_out"}
        for service in document["services"]:
            if service["category"] in exempt and service["vendor"] != CONTROLLER and not service["loads_others"]:
                message = f"{pack['id']}: it runs without consent, which is for statistics alone, for your own use."
                fix = "make sure that its vendor does nothing else with the data, or choose another category"
                yield Finding("law_exemption", f"services.{service['id']}", message, fix, WARNING)


_RULES: tuple[Rule, ...] = (_lifetime, _asking_again, _advanced, _first_layer)
