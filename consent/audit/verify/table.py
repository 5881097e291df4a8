"""`records.csv` from evidence and subject: the same bytes that the platform's own export has for the same records."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from consent.audit.verify.columns import COLUMNS, FORMULA_STARTS
from consent.merkle.canonical import canonical_bytes

HEADER = (",".join(column.name for column in COLUMNS) + "\n").encode()
_NAMES = [column.name for column in COLUMNS]
_PLACES = {column.name: place for place, column in enumerate(COLUMNS)}


def row(evidence: Mapping[str, Any], subject: Mapping[str, Any] | None) -> bytes:
    """One line. What was erased is empty."""
    values = {**evidence, **(subject or {})}
    fields: list[str] = [values.get(name) or "" for name in _NAMES]
    for name in ("categories", "services"):
        fields[_PLACES[name]] = _switches(tuple(values[name].items()))
    fields[_PLACES["gpc"]] = "true" if values["gpc"] else "false"
    fields[_PLACES["page_path"]] = _free(fields[_PLACES["page_path"]])
    return (",".join(fields) + "\n").encode()


@lru_cache(8192)  # a million visitors choose among few combinations
def _switches(items: tuple[tuple[str, bool], ...]) -> str:
    return '"' + canonical_bytes(dict(items)).decode().replace('"', '""') + '"'


def _free(text: str) -> str:
    """As consent.audit.columns writes it: an apostrophe disarms a formula, quotes where comma or quote ask for them."""
    harmless = f"'{text}" if text[:1] and text[:1] in FORMULA_STARTS else text
    return '"' + harmless.replace('"', '""') + '"' if "," in text or '"' in text else harmless
