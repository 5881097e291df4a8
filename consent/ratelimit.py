"""A limit per client address. The address is held in memory (or Redis) for the window and is never written down."""

import ipaddress
import math
import threading
import time
from dataclasses import dataclass

import structlog
from cachetools import TTLCache
from flask import request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from consent.config import IN_MEMORY
from consent.errors import RateLimited

MOST_ADDRESSES = 100_000
SHARED_TIMEOUT_S = 0.25  # a visitor's decision waits no longer for a counter
SHARED_AGAIN_S = 10  # after a failure; until then each process counts by itself
_V6_SUBSCRIBER = 8  # bytes: who has one address of such a network has all of them (RFC 6177)

log = structlog.get_logger("ratelimit")


@dataclass
class Window:
    ends: float
    hits: int = 0


class Memory(Storage):
    """Windows of one rule, in this process. What has run out goes when somebody comes; at the most `MOST_ADDRESSES` are held.

    The library's own starts a thread for nearly every hit, which visits all the addresses: with ten thousand of them in a
    minute a hit took a millisecond.
    """

    base_exceptions = ()

    def __init__(self, window_s: int):
        super().__init__()
        self._windows: TTLCache[str, Window] = TTLCache(MOST_ADDRESSES, window_s, timer=time.time)
        self._lock = threading.Lock()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                window = self._windows[key] = Window(time.time() + expiry)
            window.hits += amount
            return window.hits

    def get(self, key: str) -> int:
        with self._lock:
            window = self._windows.get(key)
            return window.hits if window else 0

    def get_expiry(self, key: str) -> float:
        with self._lock:
            window = self._windows.get(key)
            return window.ends if window else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            held = len(self._windows)
            self._windows.clear()
            return held

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)


class Limit:
    """`hit()` counts a request of the current address. Raises RateLimited with Retry-After.

    While the shared storage does not answer, the limit holds in each process by itself.
    """

    def __init__(self, rule: str, storage: str, scope: str):
        self._item = None if rule == "off" else parse(rule)
        if self._item is not None:
            self._own = FixedWindowRateLimiter(Memory(self._item.get_expiry()))
            self._shared = None if storage == IN_MEMORY else FixedWindowRateLimiter(shared_storage(storage))
        self._away_until = 0.0
        self._scope = scope

    def hit(self) -> None:
        if self._item is None:
            return
        ends = self._counted(self._item, _subscriber(request.remote_addr or "unknown"))
        if ends is not None:
            wait = max(1, math.ceil(ends - time.time()))
            raise RateLimited(f"More than {self._item} from this address.", headers={"Retry-After": str(wait)})

    def _counted(self, item: RateLimitItem, client: str) -> float | None:
        """When the window ends, in seconds since 1970, if the client has had enough of it."""
        if self._shared and time.monotonic() >= self._away_until:
            try:
                return self._end_of_window(self._shared, item, client)
            except StorageError as error:
                self._away_until = time.monotonic() + SHARED_AGAIN_S
                # Not the error's own words: they may hold the address of the storage, and that its password.
                log.warning("rate_limit_storage_away", scope=self._scope, reason=type(error.storage_error).__name__)
        return self._end_of_window(self._own, item, client)

    def _end_of_window(self, limiter: FixedWindowRateLimiter, item: RateLimitItem, client: str) -> float | None:
        if limiter.hit(item, self._scope, client):
            return None
        return float(limiter.get_window_stats(item, self._scope, client).reset_time)


def shared_storage(url: str) -> Storage:
    """Of processes that count together. Answers soon or raises StorageError."""
    return RedisStorage(
        url,
        wrap_exceptions=True,
        key_prefix="consent",
        socket_timeout=SHARED_TIMEOUT_S,
        socket_connect_timeout=SHARED_TIMEOUT_S,
    )


def _subscriber(address: str) -> str:
    """Of an IPv6 address the network that belongs to one customer; anything else as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or parsed.packed[:_V6_SUBSCRIBER].hex())
