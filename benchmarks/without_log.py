"""gunicorn benchmarks.without_log:app: the same server without its log, to see what the log costs.

No entry, no sequencing, and nothing in the receipt that needs them.
"""

from typing import Any

from consent.factory import create_app
from consent.ledger import pressure
from consent.ledger.append import Opening
from consent.records import receipts, recording

NOTHING = Opening(1, 1, 0, bytes(32), None, None, None, None)


def _no_entry(*_: Any) -> Opening:
    return NOTHING


def _no_promise(*_: Any) -> str:
    return ""


def _no_pressure(_site_id: int) -> None: ...


recording._append = _no_entry
receipts.promise = _no_promise
pressure.check = _no_pressure
app = create_app()
