"""What a receipt says, in words: every string final, the template formats nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import format_decimal

from consent.clock import from_ms, parse_wire
from consent.ledger.promises import MERGE_DELAY_S
from consent.plain_pages.words import in_language, in_words
from consent.policies import locales, wording
from consent.records.reading import Receipt
from consent.records.receipt_formats.purposes import language_of, purposes


def standing(receipt: Receipt, now: datetime) -> str:
    """Where the record is on its way into the log: `included`, `pending`, or `overdue` against the promise."""
    if receipt.inclusion is not None:
        return "included"
    return "pending" if now <= _due(receipt) else "overdue"


def in_the_log(receipt: Receipt, language: str, now: datetime) -> str:
    stands = standing(receipt, now)
    return locales.fill(in_language(language)["receipt"][stands], **_figures(receipt, language))


def _figures(receipt: Receipt, language: str) -> dict[str, str]:
    found = receipt.inclusion
    if found is None:
        return {"time": in_words(_due(receipt), language)}
    return {
        "number": _count(found.leaf_index + 1, language),  # people count from one
        "size": _count(found.size, language),
        "time": in_words(from_ms(found.signed_ms), language),
    }


def _count(number: int, language: str) -> str:
    return format_decimal(number, locale=wording.locale(language))


def _due(receipt: Receipt) -> datetime:
    return from_ms(receipt.opening.received_ms) + timedelta(seconds=MERGE_DELAY_S)


def facts(evidence: Mapping[str, Any], document: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """Label and value of each row below the choice; `code` marks what is to be compared and not read."""
    ours, shown = in_language(language)["receipt"], language_of(evidence, document)
    source = "signal" if evidence["source"] == "gpc" else evidence["source"]
    return [
        {"label": document["texts"][language]["decided_at"], "value": _moment(evidence["received_time"], language)},
        {"label": ours["valid_until"], "value": _moment(evidence["expires_at"], language)},
        {"label": ours["place"], "value": ours[source]},
        {"label": ours["shown_in"], "value": wording.language_name(shown), "lang": shown},
        {"label": ours["policy"], "value": document["privacy_policy"]["version"]},
        {"label": ours["id"], "value": evidence["record_id"], "code": "yes"},
        {"label": ours["wording"], "value": evidence["policy_version"], "code": "yes"},
    ]


def _moment(wire: str, language: str) -> str:
    return in_words(parse_wire(wire), language)


def choices(evidence: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, str]:
    """{id of a switch: given, refused or withdrawn}"""
    return {purpose.id: purpose.status.value for purpose in purposes(evidence, document)}
