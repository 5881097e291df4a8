"""Canonical JSON: the one byte string of a value, so that a hash names it.

RFC 8785 (JCS) on a restricted profile, where Python's sorted `json.dumps` gives the same bytes: keys of `[A-Za-z0-9_.-]`,
strings without lone surrogates, integers up to 2^53-1, booleans, null, arrays, objects. No floats, because two writers
would print them differently. Standard library only: an auditor recomputes these bytes without this server.
"""

import hashlib
import json
import re
from typing import Any

LARGEST_INTEGER = 2**53 - 1
_KEY = re.compile(r"[A-Za-z0-9_.-]+")


class NotCanonical(ValueError):
    """The value lies outside the profile. `path` says where, as `services.0.name`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or 'the value'} {reason}")
        self.path = path
        self.reason = reason


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
            raise NotCanonical(path, "is an integer beyond 2^53-1")
    elif isinstance(value, dict):
        _check_members(value, path)
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            _check(member, _join(path, index))
    else:
        raise NotCanonical(path, f"is a {type(value).__name__}, which has no canonical form")


def _check_members(value: dict[Any, Any], path: str) -> None:
    for key, member in value.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise NotCanonical(_join(path, key), "is a key outside [A-Za-z0-9_.-]")
        _check(member, _join(path, key))


def _check_text(value: str, path: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise NotCanonical(path, "holds a lone surrogate")


def _join(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)
