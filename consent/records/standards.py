"""A decision in the forms of two standards, with what they want to know of the platform."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from consent.config import Config
from consent.records.lookup import policies_in_memory
from consent.records.reading import Receipt
from consent.records.receipt_formats import iso_27560, kantara
from consent.records.receipt_formats.purposes import language_of

# By name, as in addresses: what makes it, and its media type.
FORMS: dict[str, tuple[Callable[..., dict[str, Any]], str]] = {
    "iso-27560": (iso_27560.record, "application/ld+json"),
    "kantara": (kantara.receipt, "application/json"),
}


def formatted(receipt: Receipt, name: str) -> dict[str, Any]:
    """Raises ReceiptErased."""
    evidence = receipt.decided()
    document = policies_in_memory().document(evidence["policy_version"])
    config: Config = current_app.extensions["consent.config"]
    settings_url = f"{config.public_url}/settings/{receipt.site.key}?lang={language_of(evidence, document)}"
    make, _ = FORMS[name]
    return make(evidence, receipt.subject, document, settings_url=settings_url)
