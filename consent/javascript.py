"""Values as JavaScript source. JSON is a subset of it since ES2019; the rest is for people who paste it into a page."""

import json
from typing import Any

_ESCAPES = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def literal(value: Any) -> str:
    """JSON that may stand in a script element too: it can neither close the element, open a comment nor end a line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def array(members: list[str]) -> str:
    """Of members that are source already; trailing zeros are left out, because an absent member reads as falsy."""
    while members and members[-1] in ("0", "[]"):
        members = members[:-1]
    return f"[{','.join(members)}]"


def mapping(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in members.items()) + "}"
