"""Sites from memory: every page view asks for one. A change of origins is seen by each process within FRESH_S seconds."""

import threading

from cachetools import TTLCache, cached
from flask import current_app

from consent.db import db
from consent.sites.registry import Site, find

FRESH_S = 5


class SiteLookup:
    def __init__(self) -> None:
        self.by_key = cached(TTLCache(maxsize=1024, ttl=FRESH_S), lock=threading.Lock())(self._read)

    def _read(self, key: str) -> Site:
        with db.engine.connect() as connection:
            return find(connection, key)


def by_key(key: str) -> Site:
    """Raises SiteUnknown; unknown keys are not remembered, so a site is there as soon as it is created."""
    lookup: SiteLookup = current_app.extensions["consent.sites"]
    return lookup.by_key(key)
