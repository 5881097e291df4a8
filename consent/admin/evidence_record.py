"""One record: what was decided and under which words, where it stands in the log, and what can be taken away of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import g
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import http
from consent.admin import evidence_banner, frames, one_record, proof_drawing, shell
from consent.admin.evidence import in_language
from consent.admin.evidence_banner import download
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.audit import accounts, explorer, standing
from consent.clock import parse_wire, to_ms
from consent.db import db
from consent.errors import ConsentError
from consent.ledger.ledger import ledger
from consent.merkle import tlog_proof
from consent.notices import register
from consent.notices.register import Notice
from consent.policies import publish, wording
from consent.records import keeping, reading, receipts, standards
from consent.records.lookup import policies_in_memory
from consent.records.receipt_formats.purposes import language_of

Document = Mapping[str, Any]


class FormUnknown(ConsentError):
    status = 404
    code = "form_unknown"

    def __init__(self) -> None:
        super().__init__("There is no receipt in this form.")


@blueprint.get("/sites/<site_key>/evidence/<record_id>")
@open_to(READERS)
def evidence_record(record_id: str) -> AnyResponse:
    with db.engine.connect() as connection:
        receipt = one_record.read(connection, record_id)
        found = standing.examine(connection, receipt)
        before, after = explorer.neighbours(connection, shell.site().id, record_id)
        account = accounts.account_of(connection, record_id)
        banner = evidence_banner.shown(connection, receipt)
        document = _document(receipt)
        notice = _notice(connection, receipt, document) if document else None
    page = shell.page(
        "evidence_record.html",
        section="evidence",
        receipt=receipt,
        standing=found,
        drawing=proof_drawing.draw(found.leaf, found.steps),
        proof=_proof(receipt),
        choices=list(_choices(receipt, document)) if document else [],
        words=_words(receipt, document) if document else None,
        privacy_policy=document["privacy_policy"]["version"] if document else None,
        notice=notice,
        hashed={"evidence": _readable(receipt.evidence), "subject": _readable(receipt.subject)},
        expires_ms=to_ms(parse_wire(receipt.evidence["expires_at"])) if receipt.evidence else None,
        account=account,
        banner=banner,
        before=before,
        after=after,
    )
    return frames.holding(page)


def _document(receipt: reading.Receipt) -> Document | None:
    """The policy version that the record names; None where it is erased, or names none that was published."""
    if receipt.evidence is None:
        return None
    try:
        return policies_in_memory().document(receipt.evidence["policy_version"])
    except publish.VersionUnknown:
        return None


def _notice(connection: Connection, receipt: reading.Receipt, document: Document) -> Notice | None:
    """The registered text of the privacy policy that the visitor was led to, in the language in which they were asked."""
    language, version = language_of(receipt.decided(), document), document["privacy_policy"]["version"]
    return register.of_version(connection, shell.site().id, version, language)


def _choices(receipt: reading.Receipt, document: Document) -> Iterator[dict[str, Any]]:
    """Category by category, with its services and who is behind them, named in the page's language."""
    decided = receipt.decided()
    for category in document["categories"]:
        services = [each for each in document["services"] if each["category"] == category["id"]]
        yield {
            "id": category["id"],
            "name": in_language(category["name"], g.language),
            "on": decided["categories"].get(category["id"]),
            "services": [_service(each, document, decided["services"].get(each["id"])) for each in services],
        }


def _service(service: Mapping[str, Any], document: Document, on: bool | None) -> dict[str, Any]:
    vendor = document["vendors"][service["vendor"]]
    return {
        "name": in_language(service["name"], g.language),
        "on": on,
        "purpose": in_language(service["purpose"], g.language),
        "vendor": in_language(vendor["name"], g.language),
        "country": wording.country_name(vendor["country"], g.language),
    }


def _words(receipt: reading.Receipt, document: Document) -> dict[str, Any]:
    """What the first layer said, in the language in which the visitor was asked."""
    language = language_of(receipt.decided(), document)
    return wording.compose(dict(document), language, settings_url="")


def _readable(half: dict[str, Any] | None) -> str | None:
    return None if half is None else orjson.dumps(half, option=orjson.OPT_INDENT_2).decode()


def _proof(receipt: reading.Receipt) -> str | None:
    found = receipt.inclusion
    return None if found is None else tlog_proof.encode(found.leaf_index, found.proof, found.checkpoint)


@blueprint.get("/sites/<site_key>/evidence/<record_id>/receipts/<form>")
@open_to(READERS)
def evidence_receipt(record_id: str, form: str) -> AnyResponse:
    """Behind the sign-in: a link with the visitor's own token would open the receipt for whoever sees the address."""
    with db.engine.connect() as connection:
        receipt = one_record.read(connection, record_id)
    if form == "proof" and (proof := _proof(receipt)):
        return download(proof, "text/plain", f"{record_id}.tlog-proof")
    if form == "copy":
        copied = receipts.copy(receipt, ledger=ledger(), tokens=keeping.receipt_tokens())
        return download(http.answer(copied).get_data(), "application/json", f"{record_id}.json")
    if form not in standards.FORMS:
        raise FormUnknown
    content = http.answer(standards.formatted(receipt, form)).get_data()
    return download(content, standards.FORMS[form][1], f"{record_id}.{form}.json")
