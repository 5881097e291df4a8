"""gunicorn benchmarks.without_log:app: the same server, but nothing is appended and nothing sequenced.

Everything else is done, the promise included: it is signed about an entry that is not there.
"""

from typing import Any

from consent.factory import create_app
from consent.ledger.append import Opening
from consent.records import recording

NO_ENTRY = Opening(1, 1, 0, bytes(32), b"x" * 600, bytes(32), b"x" * 220, bytes(32))


def _append_nothing(*_: Any) -> Opening:
    return NO_ENTRY


recording._append = _append_nothing
app = create_app()
