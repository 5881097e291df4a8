"""One decision of the site, read by its id from what opens its leaf."""

import re

import orjson
from sqlalchemy import Connection

from consent.admin import shell
from consent.errors import ConsentError
from consent.merkle.tiles import TileInvalid
from consent.records import reading
from consent.signing import ReceiptTokenInvalid

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RecordUnknown(ConsentError):
    status = 404
    code = "record_unknown"

    def __init__(self) -> None:
        super().__init__("The log of this site has no decision with this id or receipt.")


class RecordDamaged(ConsentError):
    status = 500
    code = "record_damaged"

    def __init__(self) -> None:
        super().__init__(
            "The log's bytes of this record cannot be read any more, so it does not fit. Ask your operator to run "
            "`consent ledger fsck`."
        )


def read(connection: Connection, record_id: str) -> reading.Receipt:
    """Raises RecordUnknown, also for the record of another site, and RecordDamaged."""
    if not UUID.fullmatch(record_id):
        raise RecordUnknown
    try:
        receipt = reading.read(connection, record_id)
    except ReceiptTokenInvalid:
        raise RecordUnknown from None
    except (orjson.JSONDecodeError, TileInvalid):
        raise RecordDamaged from None
    if receipt.site.id != shell.site().id:
        raise RecordUnknown
    return receipt
