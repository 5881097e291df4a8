"""Who may open a page. Every view of the web UI states its rule; one without a rule is never answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from consent.accounts.roles import AUDITOR, EDITOR, OWNER
from consent.errors import ConsentError

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """`roles`: the ones of the site in the address, one of which is needed; empty where no site is in the address."""

    signed_in: bool = True
    roles: frozenset[str] = frozenset()
    may_create_sites: bool = False


ANYBODY = Rule(signed_in=False)
SIGNED_IN = Rule()
SITE_CREATORS = Rule(may_create_sites=True)
READERS = Rule(roles=frozenset({OWNER, EDITOR, AUDITOR}))
EDITORS = Rule(roles=frozenset({OWNER, EDITOR}))
OWNERS = Rule(roles=frozenset({OWNER}))
EXPORTERS = Rule(roles=frozenset({OWNER, AUDITOR}))


class RoleMissing(ConsentError):
    """They belong to the site, and may not do this."""

    status = 403
    code = "role_missing"

    def __init__(self) -> None:
        super().__init__("Your role on this site does not include this.")


def open_to(rule: Rule) -> Callable[[View], View]:
    """Below the route decorator."""

    def state(view: View) -> View:
        view._rule = rule  # type: ignore[attr-defined]
        return view

    return state


def rule_of(view: Callable[..., Any]) -> Rule | None:
    found: Rule | None = getattr(view, "_rule", None)
    return found
