"""What the chosen law packs ask of a policy. Each finding names the article and how sure we are of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from consent import clock
from consent.law.packs import Months, Pack, Version, packs
from consent.policies.findings import ERROR, WARNING, Finding, Part
from consent.policies.service import CONTROLLER

Source = Mapping[str, Any]
Rule = Callable[[Source, Pack, Version], Iterable[Finding]]
_DAYS = "consent.lifetime_days"


def chosen(policy: Source) -> Iterator[Finding]:
    """Of a validated source."""
    names, today = policy["law"]["packs"], clock.now().date()
    for name, count in Counter(names).items():
        if count > 1:
            yield Finding("id_duplicate", "law.packs", {"id": name})
    for name in dict.fromkeys([*names, policy["law"]["default"]]):
        pack = packs().get(name)
        version = pack and pack.at(today)
        if pack and version:
            for rule in _RULES:
                yield from rule(policy, pack, version)
        elif pack:
            parts: Mapping[str, Part] = {"law": pack.name, "day": today.isoformat()}
            yield Finding("law_not_in_force", "law.packs", parts, severity=WARNING)


def most_days(months: int) -> int:
    """The longest that so many months can be, whichever they are."""
    return months // 12 * 366 if months % 12 == 0 else months * 366 // 12 + 1


def _lifetime(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    days, longest = policy["consent"]["lifetime_days"], version.longest
    if longest and days > most_days(longest.months):
        severity = ERROR if longest.binding else WARNING
        yield Finding("law_lifetime", _DAYS, _parts(pack, longest), _weight(longest), severity)


def _asking_again(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    days, pause = policy["consent"]["lifetime_days"], version.reask
    if pause and days < most_days(pause.months):
        yield Finding("law_reask_early", _DAYS, _parts(pack, pause), _weight(pause), WARNING)


def _parts(pack: Pack, months: Months) -> Mapping[str, Part]:
    return {"law": pack.name, "months": months.months, "days": most_days(months.months)}


def _weight(months: Months) -> str:
    return "binding" if months.binding else "good_practice"


def _advanced(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    if version.tags_before_consent == "forbidden" and policy["consent_mode"]["mode"] == "advanced":
        yield Finding("law_advanced", "consent_mode.mode", {"law": pack.name})


def _first_layer(policy: Source, pack: Pack, version: Version) -> Iterator[Finding]:
    if "settings" in version.first_layer and "settings" not in policy["layout"]["buttons"]:
        yield Finding("law_first_layer", "layout.buttons", {"law": pack.name}, severity=WARNING)
    if "choices_link" in version.first_layer and policy["layout"]["reopen"] != "link":
        yield Finding("law_choices_link", "layout.reopen", {"law": pack.name}, severity=WARNING)


def exemptions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Of a resolved document. Whether a tag does nothing but what the exception covers, only people can see."""
    for pack in (document.get("law") or {"packs": []})["packs"]:
        exempt = {name for name, term in pack["categories"].items() if term["model"] == "exempt_with_opt_out"}
        for service in document["services"]:
            if service["category"] in exempt and service["vendor"] != CONTROLLER and not service["loads_others"]:
                parts = {"law": packs()[pack["id"]].name}
                yield Finding("law_exemption", f"services.{service['id']}", parts, severity=WARNING)


_RULES: tuple[Rule, ...] = (_lifetime, _asking_again, _advanced, _first_layer)
