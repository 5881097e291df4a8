"""Who did what to a site."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request
from sqlalchemy import Connection

from consent.accounts import deeds, links, tokens, users
from consent.accounts.deeds import Deed
from consent.admin import shell, words
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.audit import taken
from consent.clock import parse_wire, to_ms
from consent.db import db

_BY_ITSELF = ("service_held",)
# Of an erasure the reason is one of three, of all else a sentence.
_CODES = {"role": ("deeds", "roles"), "reason": ("erasing", "reasons")}
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Line:
    """`said` None: there are no words for it, and it is shown as it is kept. `details`: what the sentence does not say."""

    deed: Deed
    by: str
    said: str | None
    details: dict[str, str]


@dataclass(frozen=True)
class Names:
    """Deeds name people, invitations and tokens by their ids."""

    people: dict[int, str]
    invitations: dict[int, str]
    labels: dict[int, str]


@blueprint.get("/sites/<site_key>/deeds")
@open_to(OWNERS)
def site_deeds() -> Response:
    before = request.args.get("before", type=int)
    with db.engine.connect() as connection:
        found, older = deeds.of_site(connection, shell.site().id, before=before and min(before, _LARGEST_ID))
        names = _names(connection, found)
    lines = [_line(deed, names) for deed in found]
    return shell.page("site_deeds.html", section="site_deeds", lines=lines, older=older, before=before)


def _names(connection: Connection, found: Iterable[Deed]) -> Names:
    site_id = shell.site().id
    ids = {deed.details["user_id"] for deed in found if "user_id" in deed.details}
    labels = {token.id: token.label for token in tokens.of_site(connection, site_id)}
    return Names(users.emails(connection, ids), links.emails(connection, site_id), labels)


def _line(deed: Deed, names: Names) -> Line:
    template = words.texts(g.language)["deeds"]["what"].get(deed.what)
    if template is None:
        return Line(deed, _by(deed), None, {name: str(value) for name, value in deed.details.items()})
    told = _told(deed.details, names)
    said = str(template).format_map(_OrDash(told))
    rest = {name: text for name, text in told.items() if f"{{{name}}}" not in template}
    return Line(deed, _by(deed), said, {_label(name): text for name, text in rest.items() if text})


def _by(deed: Deed) -> str:
    """Who it was, by name or by what else there is that can do something. Accounts are never deleted."""
    if deed.by:
        return deed.by
    if deed.what in _BY_ITSELF:
        return shell.text("deeds.platform")
    by_token = deed.what == taken.EXPORTED and "token_id" in deed.details
    return shell.text("deeds.by_token" if by_token else "deeds.command_line")


class _OrDash(dict[str, str]):
    def __missing__(self, _key: str) -> str:
        return "–"


def _told(details: dict[str, Any], names: Names) -> dict[str, str]:
    """The details in words: names in place of ids, days and roles in the user's language."""
    return {name: _value(name, value, names) for name, value in details.items()}


def _value(name: str, value: Any, names: Names) -> str:
    if value is None:
        return "" if name == "until" else "–"
    if name in ("user_id", "invitation_id", "token_id"):
        known = {"user_id": names.people, "invitation_id": names.invitations, "token_id": names.labels}[name]
        return known.get(value) or f"#{value}"
    if name in _CODES:
        part, codes = _CODES[name]
        return str(words.texts(g.language)[part][codes].get(value, value))
    if name == "policy_version":
        return str(value)[:16]
    if name == "due":
        return words.plain_moment(to_ms(parse_wire(value)))
    if name == "problem":
        return shell.said_of(value) or str(value)
    if name == "until":
        return words.last_day(to_ms(parse_wire(value)))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _label(name: str) -> str:
    return str(words.texts(g.language)["deeds"]["labels"].get(name, name))
