"""Does a decision fit the policy version it names? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from consent.errors import ConsentError
from consent.law.terms import OPT_IN

NECESSARY = "necessary"


class PolicyVersionUnknown(ConsentError):
    status = 422
    code = "policy_version_unknown"

    def __init__(self, version: str) -> None:
        super().__init__(f"The policy version {version[:16]}… was never published for this site.")


class CategoryUnknown(ConsentError):
    status = 422
    code = "category_unknown"


class ServiceUnknown(ConsentError):
    status = 422
    code = "service_unknown"


class DecisionIncoherent(ConsentError):
    """The parts of a decision contradict each other, so nobody can say what the visitor wanted."""

    status = 422
    code = "decision_incoherent"


class LawUnknown(ConsentError):
    status = 422
    code = "law_unknown"

    def __init__(self, law: str) -> None:
        super().__init__(f"The policy version lets nothing run before a decision under a law pack {law!r}.")


@dataclass(frozen=True)
class Law:
    """A law pack under which tags may run before a decision. `signalled`: what still runs where the browser's signal is on,
    categories, and services with a dot."""

    model: str
    signalled: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """What recording has to know of a policy version. `services` maps a service to its category."""

    version: str
    material_since: int
    lifetime_days: int
    cookie: str
    languages: frozenset[str]
    categories: frozenset[str]
    services: Mapping[str, str]
    keep_ip_prefix: bool
    keep_browser: bool
    count_showings: bool
    several_laws: bool
    laws: Mapping[str, Law]


def legal_model(rules: Rules, law: str | None) -> str:
    """Of the script that sent the record; one that lets anything run before a decision names its pack. Raises LawUnknown."""
    if law is None:
        return OPT_IN
    if law not in rules.laws:
        raise LawUnknown(law)
    return rules.laws[law].model


def check(
    rules: Rules,
    decision: str,
    categories: Mapping[str, bool],
    services: Mapping[str, bool],
    law: str | None = None,
) -> None:
    """Raises CategoryUnknown, ServiceUnknown, DecisionIncoherent."""
    _same_ids(rules, categories, services)
    if not categories[NECESSARY]:
        raise DecisionIncoherent("The necessary category cannot be refused.")
    _category_agrees_with_services(rules, categories, services)
    optional = [on for name, on in categories.items() if name != NECESSARY]
    optional += [on for name, on in services.items() if rules.services[name] != NECESSARY]
    if decision == "accept_all" and not all(optional):
        raise DecisionIncoherent("accept_all leaves something refused.")
    if decision in ("reject_all", "withdraw") and any(optional):
        raise DecisionIncoherent(f"{decision} grants something.")
    if decision == "gpc" and _granted(rules, categories, services) - _signalled(rules, law):
        raise DecisionIncoherent("gpc grants something.")


def _granted(rules: Rules, categories: Mapping[str, bool], services: Mapping[str, bool]) -> set[str]:
    """Everything optional that is on."""
    found = {name for name, on in categories.items() if on and name != NECESSARY}
    return found | {f".{name}" for name, on in services.items() if on and rules.services[name] != NECESSARY}


def _signalled(rules: Rules, law: str | None) -> frozenset[str]:
    found = rules.laws.get(law or "")
    return found.signalled if found else frozenset()


def _same_ids(rules: Rules, categories: Mapping[str, bool], services: Mapping[str, bool]) -> None:
    if categories.keys() != rules.categories:
        raise CategoryUnknown(_difference("categories", categories.keys(), rules.categories))
    if services.keys() != rules.services.keys():
        raise ServiceUnknown(_difference("services", services.keys(), rules.services.keys()))


def _difference(what: str, given: object, known: object) -> str:
    unknown, missing = sorted(set(given) - set(known)), sorted(set(known) - set(given))  # type: ignore[call-overload]
    return f"The {what} are not those of the policy version: unknown {unknown}, missing {missing}."


def _category_agrees_with_services(rules: Rules, categories: Mapping[str, bool], services: Mapping[str, bool]) -> None:
    """A category is on exactly where one of its services is; without services its own switch counts."""
    granted = {rules.services[name] for name, on in services.items() if on}
    with_services = set(rules.services.values())
    for name, on in categories.items():
        if name != NECESSARY and name in with_services and on != (name in granted):
            raise DecisionIncoherent(f"The category {name!r} and its services contradict each other.")
