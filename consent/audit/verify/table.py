"""`records.csv` from what the leaves say: the same bytes that the platform's own export has for the same records."""

import re
from collections.abc import Iterable, Mapping, Sequence
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
    return rows([written(name, [(values.get(name) or "").encode()]) for name in NAMES])


@lru_cache(8192)  # a million visitors choose among few combinations
def _canonical(items: tuple[tuple[str, bool], ...]) -> str:
    return canonical_bytes(dict(items)).decode()


def joined(names: Iterable[str], values: Mapping[str, bytes]) -> bytes:
    """Successive columns of one line."""
    return b",".join([written(name, [values[name]])[0] for name in names])


def rows(columns: Iterable[Sequence[bytes]]) -> bytes:
    """Lines of values as they are `written`; successive ones may have been joined to one."""
    return b"\n".join(map(b",".join, zip(*columns, strict=True))) + b"\n"


def written(name: str, texts: Sequence[bytes]) -> Sequence[bytes]:
    """A column's values, as they stand between the commas; the choices are canonical JSON."""
    if name in _CHOICES:
        return list(map(_quoted, texts))
    if name == "page_path" and not _AS_THEY_ARE.fullmatch(b"\n".join(texts) + b"\n"):
        return list(map(_free, texts))
    return texts


def _quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b'"', b'""') + b'"'


def _free(text: bytes) -> bytes:
    """As consent.audit.columns writes it: an apostrophe disarms a formula, quotes where comma or quote ask for them."""
    harmless = text if text[:1] == b"/" or not text.startswith(_STARTS) else b"'" + text
    return b'"' + harmless.replace(b'"', b'""') + b'"' if b"," in text or b'"' in text else harmless


_STARTS = tuple(start.encode() for start in FORMULA_STARTS)
_CHOICES = ("categories", "services")
_AS_THEY_ARE = re.compile(rb'(?:(?:/[^,"\n]*)?\n)*')  # paths of which `_free` would change none
