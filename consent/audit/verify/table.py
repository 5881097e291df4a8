"""`records.csv` from evidence and subject: the same bytes that the platform's own export has for the same records."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from consent.audit.verify.columns import COLUMNS, FORMULA_STARTS
from consent.merkle.canonical import canonical_bytes

HEADER = (",".join(column.name for column in COLUMNS) + "\n").encode()
_WORDS = {column.name: column.kind for column in COLUMNS}


def row(evidence: Mapping[str, Any], subject: Mapping[str, Any] | None) -> bytes:
    """One line. What was erased is empty."""
    values = {**evidence, **(subject or {})}
    return (",".join([_field(kind, values.get(name)) for name, kind in _WORDS.items()]) + "\n").encode()


def _field(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "json":
        return _switches(tuple(value.items()))
    if kind == "flag":
        return "true" if value else "false"
    return _free(value) if kind == "free" else str(value)


@lru_cache(8192)  # a million visitors choose among few combinations
def _switches(items: tuple[tuple[str, bool], ...]) -> str:
    return '"' + canonical_bytes(dict(items)).decode().replace('"', '""') + '"'


def _free(text: str) -> str:
    """As consent.audit.columns writes it: an apostrophe disarms a formula, quotes where comma or quote ask for them."""
    harmless = f"'{text}" if text[:1] and text[:1] in FORMULA_STARTS else text
    return '"' + harmless.replace('"', '""') + '"' if "," in text or '"' in text else harmless
