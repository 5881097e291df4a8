"""`records.csv` from what the leaves say: the same bytes that the platform's own export has for the same records."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from consent.audit.verify.columns import COLUMNS, FORMULA_STARTS
from consent.merkle.canonical import canonical_bytes

NAMES = tuple(column.name for column in COLUMNS)
HEADER = (",".join(NAMES) + "\n").encode()


def row(evidence: Mapping[str, Any], subject: Mapping[str, Any] | None) -> bytes:
    """One line. What was erased is empty."""
    values = {**evidence, **(subject or {}), "gpc": "true" if evidence["gpc"] else "false"}
    for name in ("categories", "services"):
        values[name] = _canonical(tuple(values[name].items()))
    return rows({name: [(values.get(name) or "").encode()] for name in NAMES})


@lru_cache(8192)  # a million visitors choose among few combinations
def _canonical(items: tuple[tuple[str, bool], ...]) -> str:
    return canonical_bytes(dict(items)).decode()


def rows(columns: Mapping[str, Sequence[bytes]]) -> bytes:
    """Lines of values by the names of NAMES, as text; the choices as canonical JSON."""
    written = {
        "categories": map(_quoted, columns["categories"]),
        "services": map(_quoted, columns["services"]),
        "page_path": map(_free, columns["page_path"]),
    }
    values = [written.get(name) or columns[name] for name in NAMES]
    return b"\n".join(map(b",".join, zip(*values, strict=True))) + b"\n"


@lru_cache(8192)
def _quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b'"', b'""') + b'"'


def _free(text: bytes) -> bytes:
    """As consent.audit.columns writes it: an apostrophe disarms a formula, quotes where comma or quote ask for them."""
    harmless = text if text[:1] == b"/" or not text.startswith(_STARTS) else b"'" + text
    return b'"' + harmless.replace(b'"', b'""') + b'"' if b"," in text or b'"' in text else harmless


_STARTS = tuple(start.encode() for start in FORMULA_STARTS)
