"""The two registers of the law of Japan: what is in them, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, g, request

from consent import clock
from consent.admin import policy_draft, policy_words, shell, words
from consent.admin.policy_changes import published
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db
from consent.policies import presence, wording
from consent.policies.document import resolve
from consent.policies.service import CONSENT, CONTROLLER
from consent.registers import entries, transfers
from consent.registers.confirmations import Confirmation, kept_until
from consent.registers.entries import EntryUnknown
from consent.registers.export import BOM, as_csv
from consent.registers.kinds import CONFIRMATIONS, KINDS, TRANSFERS, Kind

_CONCERNED = {"transfers": "foreign_third_party", "confirmations": "personal_related_info"}
MISSING = "missing"


@dataclass(frozen=True)
class Standing:
    """`last`: the entry that holds for the service; `how`: held, due_soon, good or missing."""

    service_id: str
    name: str
    recipient: str
    last: Any
    how: str


@blueprint.get("/sites/<site_key>/registers")
@open_to(READERS)
def registers() -> Response:
    return _page(TRANSFERS)


@blueprint.get("/sites/<site_key>/registers/confirmations")
@open_to(READERS)
def confirmations() -> Response:
    return _page(CONFIRMATIONS)


@blueprint.get("/sites/<site_key>/registers/<kind>/<int:number>")
@open_to(READERS)
def register_entry(kind: str, number: int) -> Response:
    """Raises EntryUnknown."""
    known = kind_of(kind)
    found = _entries(known)
    shown = next((each for each in found if each.id == number), None)
    if shown is None:
        raise EntryUnknown(number)
    return shell.page(
        "register_entry.html",
        section="registers",
        kind=known,
        entry=shown,
        corrected_by=next((each.id for each in found if each.corrects_id == number), None),
        in_words=_in_words(known, shown),
        **_kept(known, [shown]),
    )


@blueprint.get("/sites/<site_key>/registers/<kind>.csv")
@open_to(READERS)
def register_csv(kind: str) -> Response:
    known = kind_of(kind)
    body = BOM + as_csv(_entries(known), known.exported)
    name = f"{shell.site().key}-{known.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(body, mimetype="text/csv", headers=headers)


def kind_of(name: str) -> Kind:
    """Or 404."""
    return KINDS[name] if name in KINDS else abort(404)


def _entries(kind: Kind) -> list[Any]:
    with db.engine.connect() as connection:
        return kind.of_site(connection, shell.site().id)


def _page(kind: Kind) -> Response:
    found = _entries(kind)
    return shell.page(
        "registers.html",
        section="registers",
        kind=kind,
        kinds=KINDS,
        entries=found,
        corrected={each.corrects_id for each in found},
        standings=_standings(kind, found),
        countries=countries(),
        may_change=policy_draft.may_change(),
        said=shell.text("registers.saved") if "saved" in request.args else None,
        **_kept(kind, found),
    )


def document() -> Mapping[str, Any]:
    """What is published; before that, what the draft would be."""
    _, found = published(shell.site().id)
    return found or resolve(policy_draft.draft().policy).document


def recipients(of: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The services whose data goes to somebody else."""
    return [each for each in of["services"] if each["id"] != CONSENT and each["vendor"] != CONTROLLER]


def _standings(kind: Kind, found: list[Any]) -> list[Standing]:
    """Of every service of the policy that is concerned, or that has an entry."""
    last, policy = _last(kind, found), document()
    return [
        _standing(service, policy, last.get(service["id"]))
        for service in recipients(policy)
        if service["id"] in last or is_concerned(kind, service)
    ]


def is_concerned(kind: Kind, service: Mapping[str, Any]) -> bool:
    provision = service.get("provision")
    decided = provision is not None and provision["type"] == _CONCERNED[kind.name]
    return decided or (kind is CONFIRMATIONS and service["acquires"] is not None)


def _last(kind: Kind, found: list[Any]) -> Mapping[str, Any]:
    if kind is TRANSFERS:
        return transfers.newest(found)
    return {each.service_id: each for each in reversed(entries.holding(found))}


def _standing(service: Mapping[str, Any], policy: Mapping[str, Any], last: Any) -> Standing:
    recipient = last.recipient if last else policy_words.in_language(policy["vendors"][service["vendor"]]["name"])
    how = MISSING if last is None else transfers.GOOD
    if isinstance(last, transfers.Transfer):
        how = last.standing(today())
    return Standing(service["id"], policy_words.in_language(service["name"]), recipient, last, how)


def today() -> date:
    return clock.day_in_japan(clock.now())


def warnings() -> list[Standing]:
    """Services of the published policy that are held back, or soon will be."""
    with db.engine.connect() as connection:
        last = transfers.newest(transfers.of_site(connection, shell.site().id))
    if not any(each.standing(today()) != transfers.GOOD for each in last.values()):
        return []
    of = document()
    found = [_standing(each, of, last[each["id"]]) for each in recipients(of) if each["id"] in last]
    return [each for each in found if each.how != transfers.GOOD]


def _kept(kind: Kind, found: list[Any]) -> dict[str, Any]:
    """For each confirmation the last day on which it has to be kept; None while data is given."""
    if kind is not CONFIRMATIONS:
        return {"kept": {}}
    with db.engine.connect() as connection:
        last_days = presence.last_days(connection, shell.site().id)
    return {"kept": {each.id: _kept_until(each, last_days) for each in found}}


def _kept_until(entry: Confirmation, last_days: Mapping[str, date | None]) -> str | None:
    ended = date.fromisoformat(entry.provided_until) if entry.provided_until else last_days.get(entry.service_id)
    return kept_until(ended).isoformat() if ended else None


def countries() -> dict[str, str]:
    """Every country but Japan, by its name in the user's language."""
    names = {code: wording.country_name(code, g.language) or code for code in transfers.countries()}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def _in_words(kind: Kind, entry: Any) -> dict[str, str]:
    """Every field of an entry, as people read it."""
    said = words.texts(g.language)["registers"]
    found = {name: getattr(entry, name) for name in kind.exported}
    for name in kind.choices:
        value = found[name]
        key = ("yes" if value else "no") if isinstance(value, bool) else value
        found[name] = said["options"][name][f"is_{key}"]
    if "country" in found:
        found["country"] = wording.country_name(found["country"], g.language)
    return {name: value for name, value in found.items() if value}
