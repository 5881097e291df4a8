"""The evidence explorer: the records of a site, filtered, the newest first, and one of them by its id or receipt."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from flask import g, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import period, shell
from consent.admin.one_record import UUID, RecordUnknown
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.audit import explorer
from consent.db import db
from consent.errors import ConsentError
from consent.ledger.append import site_of
from consent.policies import publish, wording
from consent.records import keeping
from consent.records.lookup import policies_in_memory
from consent.records.rules import NECESSARY
from consent.records.schemas import DECISIONS, SOURCES
from consent.signing import ReceiptTokenInvalid

FIELDS = ("first", "last", "decision", "category", "choice", "language", "version", "source", "visitor")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{1,32}")
_PLACE = re.compile(r"([0-9]{1,15})-([0-9]{1,18})")
Choices = dict[str, list[tuple[str, str]]]


def is_visitor(text: str) -> bool:
    return _VISITOR.fullmatch(text) is not None


class FilterInvalid(ConsentError):
    status = 422
    code = "filter_invalid"

    def __init__(self) -> None:
        super().__init__("The filter has a value that this site does not know.")


@blueprint.get("/sites/<site_key>/evidence")
@open_to(READERS)
def evidence() -> AnyResponse:
    asked = {name: value for name in FIELDS if (value := request.args.get(name, "").strip())}
    with db.engine.connect() as connection:
        choices = _choices(connection)
        try:
            wanted, before = _filter(asked, choices), _place(request.args.get("before", ""))
        except ConsentError as error:
            return _page(choices, asked, explorer.Page([], None), error)
        return _page(choices, asked, explorer.page(connection, shell.site().id, wanted, before=before))


def _page(
    choices: Choices, asked: dict[str, str], found: explorer.Page, error: ConsentError | None = None
) -> AnyResponse:
    older = found.older and _address(**asked, before="{}-{}".format(*found.older))
    return shell.page(
        "evidence.html",
        error.status if error else 200,
        section="evidence",
        asked=asked,
        choices=choices,
        records=[_listed(row) for row in found.records],
        older=older,
        newest=_address(**asked) if request.args.get("before") else None,
        problem=shell.explained(error) if error else None,
    )


def _address(**asked: Any) -> str:
    return url_for("admin.evidence", **asked)


def _listed(row: Any) -> dict[str, Any]:
    """`granted` of `optional` categories: necessary ones are nobody's choice."""
    categories = {name: on for name, on in orjson.loads(row.categories).items() if name != NECESSARY}
    return {**row._mapping, "granted": sum(categories.values()), "optional": len(categories)}


def _choices(connection: Connection) -> Choices:
    """What the filter offers: what any policy version of the site has had."""
    publications = publish.history(connection, shell.site().id)
    newest_first = {each.policy_version: each for each in publications}
    documents = [policies_in_memory().document(version) for version in newest_first]
    categories = {each["id"]: each["name"] for document in reversed(documents) for each in document["categories"]}
    languages = sorted({language for document in documents for language in document["languages"]})
    return {
        "decision": [(name, shell.text(f"dashboard.totals.{name}")) for name in DECISIONS],
        "source": [(name, shell.text(f"dashboard.sources.{name}")) for name in SOURCES],
        "category": [(name, in_language(said, g.language)) for name, said in categories.items() if name != NECESSARY],
        "choice": [(name, shell.text(f"evidence.choices.{name}")) for name in ("granted", "refused")],
        "language": [(tag, wording.language_name(tag)) for tag in languages],
        "version": [(version, _named(each.number, version)) for version, each in newest_first.items()],
    }


def in_language(said: Mapping[str, str] | str | None, language: str) -> str:
    """A text of a policy; in its first language where it is not published in the one asked for."""
    if said is None or isinstance(said, str):
        return said or ""
    return said.get(language) or next(iter(said.values()))


def _named(number: int, version: str) -> str:
    return shell.text("evidence.version_option").format(number=number, hash=version[:8])


def _filter(asked: Mapping[str, str], choices: Choices) -> explorer.Filter:
    """Raises FilterInvalid, PeriodInvalid: a value that is passed over in silence would make a list look complete."""
    for name, offered in choices.items():
        _check(name in asked and asked[name] not in _values(offered))
    visitor = asked.get("visitor")
    _check(visitor is not None and not _VISITOR.fullmatch(visitor))
    span = period.read(asked, g.time_zone)
    return explorer.Filter(
        since_ms=span.since_ms,
        until_ms=span.until_ms,
        decision=asked.get("decision"),
        category=asked.get("category"),
        granted=asked.get("choice") != "refused",
        language=asked.get("language"),
        policy_version=asked.get("version"),
        source=asked.get("source"),
        visitor_id=visitor,
    )


def _values(offered: Iterable[tuple[str, str]]) -> set[str]:
    return {value for value, _ in offered}


def _check(wrong: bool) -> None:
    if wrong:
        raise FilterInvalid


def _place(text: str) -> explorer.Place | None:
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise FilterInvalid
    return int(found[1]), int(found[2])


@blueprint.post("/sites/<site_key>/evidence/find")
@open_to(READERS)
def find_record() -> AnyResponse:
    """By POST: a receipt token opens its receipt for anybody, so it stays out of addresses and logs."""
    asked = request.form.get("record", "").strip()
    try:
        record_id = asked.lower() if UUID.fullmatch(asked.lower()) else keeping.receipt_tokens().open(_token(asked))
        with db.engine.connect() as connection:
            if site_of(connection, record_id) != shell.site().id:
                raise RecordUnknown
    except (RecordUnknown, ReceiptTokenInvalid):
        with db.engine.connect() as connection:
            return _page(_choices(connection), {}, explorer.Page([], None), RecordUnknown())
    return shell.to("evidence_record", record_id=record_id)


def _token(asked: str) -> str:
    """Of a receipt's address, too: that is what visitors have at hand."""
    return asked.partition("?")[0].rstrip("/").rpartition("/")[2]
