"""Canonical JSON: the one byte string of a value, so that a hash names it.

RFC 8785 (JCS) on a restricted profile, where Python's sorted `json.dumps` gives the same bytes: keys of `[A-Za-z0-9_.-]`,
strings without lone surrogates, integers up to 2^53-1, booleans, null, arrays, objects. No floats, because two writers
would print them differently. Standard library only: an auditor recomputes these bytes without this server.
"""

import hashlib
import json
import re
from typing import Any

from consent.merkle.faults import Fault

LARGEST_INTEGER = 2**53 - 1
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotCanonical(Fault):
    """The value lies outside the profile. `path` says where, as `services.0.name`."""

    def __init__(self, code: str, path: str, **values: Any) -> None:
        super().__init__(code, path=path or "the value", **values)
        self.path = path


def canonical_bytes(value: Any) -> bytes:
    """UTF-8, keys sorted, no white space. Equal values MUST give equal bytes. Raises NotCanonical."""
    _check(value, "")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(canonical: bytes) -> str:
    """SHA-256, lower-case hex: what a policy version is called."""
    return hashlib.sha256(canonical).hexdigest()


def _check(value: Any, path: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical("canonical_integer", path)
    elif isinstance(value, dict):
        _check_members(value, path)
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            _check(member, _join(path, index))
    else:
        raise NotCanonical("canonical_type", path, type=type(value).__name__)


def _check_members(value: dict[Any, Any], path: str) -> None:
    for key, member in value.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise NotCanonical("canonical_key", _join(path, key))
        _check(member, _join(path, key))


def _check_text(value: str, path: str) -> None:
    if _SURROGATE.search(value):
        raise NotCanonical("canonical_surrogate", path)


def _join(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)
