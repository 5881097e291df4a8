"""A receipt as it stands today, read from what opens its leaf: that is what the log holds everybody to.

An erased half is None, and whoever shows the receipt says so.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from consent import sites
from consent.errors import ConsentError
from consent.ledger import append, proofs
from consent.records.evidence import DECISIONS
from consent.signing import ReceiptTokenInvalid


class ReceiptErased(ConsentError):
    """What was decided is gone; that there was a record can still be proven."""

    status = 410
    code = "receipt_erased"

    def __init__(self) -> None:
        super().__init__("What this receipt said was erased. Its entry in the log is still there and says nothing.")


@dataclass(frozen=True)
class Receipt:
    """`evidence` and `subject` as consent/records/evidence.py writes them; None where that half was erased.

    `commitments` are what is left of erased halves, evidence and subject: the leaf can still be computed.
    """

    record_id: str
    site: sites.Site
    opening: append.Opening
    inclusion: proofs.Inclusion | None
    evidence: dict[str, Any] | None
    subject: dict[str, Any] | None
    commitments: tuple[bytes | None, bytes | None]

    def decided(self) -> dict[str, Any]:
        """The evidence. Raises ReceiptErased."""
        if self.evidence is None:
            raise ReceiptErased
        return self.evidence


def read(connection: Connection, record_id: str) -> Receipt:
    """Raises ReceiptTokenInvalid where there is no such decision: other entries of the log are nobody's receipt."""
    opening = append.opening_of(connection, record_id)
    site_id = append.site_of(connection, record_id)
    site = None if site_id is None else sites.by_id(connection, site_id)
    if opening is None or site is None or opening.kind not in DECISIONS:
        raise ReceiptTokenInvalid
    return Receipt(
        record_id,
        site,
        opening,
        proofs.inclusion(connection, record_id),
        evidence=_parsed(opening.evidence),
        subject=_parsed(opening.subject),
        commitments=append.commitments_of(connection, record_id),
    )


def _parsed(half: bytes | None) -> dict[str, Any] | None:
    return None if half is None else orjson.loads(half)
