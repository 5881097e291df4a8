"""A limit per client address. The address is held in memory (or Redis) for the window and is never written down."""

import math
import time

from flask import request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from consent.errors import RateLimited


class Limit:
    """`hit()` counts a request of the current address. Raises RateLimited with Retry-After."""

    def __init__(self, rule: str, storage: str, scope: str):
        self._item = None if rule == "off" else parse(rule)
        self._limiter = FixedWindowRateLimiter(storage_from_string(storage))
        self._scope = scope

    def hit(self) -> None:
        if self._item is None:
            return
        address = request.remote_addr or "unknown"
        if not self._limiter.hit(self._item, self._scope, address):
            reset = self._limiter.get_window_stats(self._item, self._scope, address).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            raise RateLimited(f"More than {self._item} from this address.", headers={"Retry-After": str(wait)})
