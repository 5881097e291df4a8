"""A register as CSV, every entry, the oldest first: with what the log has of it, so that both can be compared."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from consent.clock import wire

BOM = "\ufeff"  # a Japanese Excel takes UTF-8 for something else without it
_FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")
_ABOUT = ("corrects_id", "sha256")


def as_csv(found: Iterable[Any], fields: Sequence[str]) -> str:
    """`found`: the newest first, as the registers list them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["entry", "added_time", *fields, *_ABOUT])
    for each in reversed(list(found)):
        writer.writerow(
            [each.id, wire(each.added_ms), *(_harmless(getattr(each, name)) for name in (*fields, *_ABOUT))]
        )
    return text.getvalue()


def _harmless(value: Any) -> Any:
    """An apostrophe disarms what a spreadsheet would take for a formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
