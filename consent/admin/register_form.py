"""Adding an entry to a register. A new check begins with what the last one said, and a correction with what it corrects."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_words, registers, shell
from consent.admin.registers import kind_of, recipients
from consent.admin.rules import EDITORS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.registers import entries
from consent.registers.entries import EntryCorrected
from consent.registers.kinds import Kind
from consent.registers.reading import RegisterInvalid

_LONG = ("system", "measures", "data_items", "evidence")
_DAYS = ("system_on", "checked_on", "confirmed_on", "provided_from", "provided_until")
# What a new check has to say anew.
_ANEW = ("checked_on", "checked_by", "confirmed_on", "confirmed_by", "provided_until")


@blueprint.get("/sites/<site_key>/registers/<kind>/new")
@open_to(EDITORS)
def register_form(kind: str) -> Response:
    known, corrects = kind_of(kind), request.args.get("corrects", type=int)
    return _page(known, _beginning(known, request.args.get("service", ""), corrects), corrects)


@blueprint.post("/sites/<site_key>/registers/<kind>/new")
@open_to(EDITORS)
def add_to_register(kind: str) -> AnyResponse:
    known, site, user, now = kind_of(kind), shell.site(), shell.user(), clock.now()
    given = {name: request.form.get(name, "") for name in known.fields}
    corrects = request.form.get("corrects", type=int)
    try:
        transact(lambda connection: known.add(connection, site.id, given, user=user, now=now, corrects=corrects))
    except (RegisterInvalid, EntryCorrected) as error:
        return _page(known, given, corrects, error)
    return shell.to("registers" if known.name == "transfers" else "confirmations", saved="yes")


def _page(kind: Kind, values: Mapping[str, str], corrects: int | None, error: ConsentError | None = None) -> Response:
    return shell.page(
        "register_form.html",
        error.status if error else 200,
        section="registers",
        kind=kind,
        values=values,
        corrects=corrects,
        services=_services(values.get("service_id", "")),
        countries=registers.countries(),
        long=_LONG,
        days=_DAYS,
        wrong=error.wrong if isinstance(error, RegisterInvalid) else {},
        problem=shell.explained(error) if error else None,
    )


def _services(chosen: str) -> dict[str, str]:
    """Also one that is no longer in the policy: its entries can still be corrected."""
    known = {each["id"]: policy_words.in_language(each["name"]) for each in recipients(registers.document())}
    return known if chosen in known or not chosen else {chosen: chosen, **known}


def _beginning(kind: Kind, service_id: str, corrects: int | None) -> dict[str, str]:
    now = clock.now().astimezone(ZoneInfo(g.time_zone)).date().isoformat()
    begun = {"service_id": service_id, "checked_on": now, "confirmed_on": now, **_recipient(service_id)}
    begun |= {"checked_by": shell.user().name, "confirmed_by": shell.user().name}
    with db.engine.connect() as connection:
        found = kind.of_site(connection, shell.site().id)
    if corrects is not None:
        return {**begun, **_typed(kind, next((each for each in found if each.id == corrects), None))}
    last = next((each for each in entries.holding(found) if each.service_id == service_id), None)
    return {**begun, **{name: value for name, value in _typed(kind, last).items() if name not in _ANEW}}


def _typed(kind: Kind, entry: Any) -> dict[str, str]:
    """As the form takes it."""
    values = {name: getattr(entry, name) for name in kind.fields} if entry else {}
    return {name: ("no", "yes")[value] if isinstance(value, bool) else value or "" for name, value in values.items()}


def _recipient(service_id: str) -> dict[str, str]:
    """What the policy says of it already."""
    policy = registers.document()
    service = next((each for each in recipients(policy) if each["id"] == service_id), None)
    if service is None:
        return {}
    vendor, acquires = policy["vendors"][service["vendor"]], service["acquires"]
    named = acquires["items"] if acquires else [each["text"] for each in service["sends"]]
    return {
        "recipient": policy_words.in_language((acquires and acquires["recipient"]) or vendor["name"]),
        "address": policy_words.in_language(vendor["address"]),
        "country": vendor["country"] or "",
        "data_items": "\n".join(map(policy_words.in_language, named)),
    }
