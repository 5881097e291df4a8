"""A limit per client address. The address is held in memory (or Redis) for the window and is never written down."""

import ipaddress
import math
import threading
import time
from dataclasses import dataclass

from cachetools import TTLCache
from flask import request
from limits import parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from consent.errors import RateLimited

IN_MEMORY = "memory://"
MOST_ADDRESSES = 100_000
_V6_SUBSCRIBER = 8  # bytes: who has one address of such a network has all of them (RFC 6177)


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
    """`hit()` counts a request of the current address. Raises RateLimited with Retry-After."""

    def __init__(self, rule: str, storage: str, scope: str):
        self._item = None if rule == "off" else parse(rule)
        if self._item is not None:
            counted = Memory(self._item.get_expiry()) if storage == IN_MEMORY else storage_from_string(storage)
            self._limiter = FixedWindowRateLimiter(counted)
        self._scope = scope

    def hit(self) -> None:
        if self._item is None:
            return
        client = _subscriber(request.remote_addr or "unknown")
        if not self._limiter.hit(self._item, self._scope, client):
            reset = self._limiter.get_window_stats(self._item, self._scope, client).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            raise RateLimited(f"More than {self._item} from this address.", headers={"Retry-After": str(wait)})


def _subscriber(address: str) -> str:
    """Of an IPv6 address the network that belongs to one customer; anything else as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or parsed.packed[:_V6_SUBSCRIBER].hex())
