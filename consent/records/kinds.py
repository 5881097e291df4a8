"""The kind of a record: one number for everything that a list can be filtered by and that few records differ in.

A site has some hundred kinds, whatever the number of its records, so that a filter looks at kinds and not at records.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

PARTS = ("decision", "source", "language", "policy_version", "categories")


def kind_of(row: Mapping[str, Any]) -> int:
    """Of a row of `consent_record`: 63 bits, which fit the integers of both databases."""
    digest = sha256("\n".join(row[name] for name in PARTS).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
