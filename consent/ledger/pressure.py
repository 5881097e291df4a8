"""Back-pressure: a promise is not given where it could not be kept."""

import threading

from cachetools import TTLCache, cached
from flask import current_app

from consent import clock
from consent.clock import to_ms
from consent.db import db
from consent.errors import ConsentError
from consent.ledger.promises import MERGE_DELAY_S
from consent.ledger.sequencer import oldest_pending_ms

FRESH_S = 5
LONGEST_WAIT_MS = MERGE_DELAY_S * 1000 // 2


class LogBehind(ConsentError):
    """The record was not stored; the browser keeps it and sends it again."""

    status = 503
    code = "log_behind"

    def __init__(self) -> None:
        super().__init__(
            "The log has not kept up for half its merge delay, so nothing new is promised. Is `consent worker` running?",
            headers={"Retry-After": "60"},
        )


class Pressure:
    def __init__(self) -> None:
        self.oldest_ms = cached(TTLCache(maxsize=4096, ttl=FRESH_S), lock=threading.Lock())(self._read)

    def _read(self, site_id: int) -> int | None:
        with db.engine.connect() as connection:
            return oldest_pending_ms(connection, site_id)


def check(site_id: int) -> None:
    """Raises LogBehind."""
    pressure: Pressure = current_app.extensions["consent.ledger"].pressure
    oldest = pressure.oldest_ms(site_id)
    if oldest is not None and to_ms(clock.now()) - oldest > LONGEST_WAIT_MS:
        raise LogBehind
