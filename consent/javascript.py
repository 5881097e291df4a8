"""Values as JavaScript source. JSON is a subset of it since ES2019; the rest is for people who paste it into a page."""

import json
import re
from typing import Any

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

_ESCAPES = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def literal(value: Any) -> str:
    """JSON that may stand in a script element too: it can neither close the element, open a comment nor end a line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def member(owner: str, name: str) -> str:
    """`owner.name`, or `owner["name"]` where the name is no identifier."""
    return f"{owner}.{name}" if _NAME.fullmatch(name) else f"{owner}[{literal(name)}]"


def optional_member(name: str) -> str:
    """What follows an owner that may be missing."""
    return f"?.{name}" if _NAME.fullmatch(name) else f"?.[{literal(name)}]"


def key(name: str) -> str:
    """The name of a member in an object literal."""
    return name if _NAME.fullmatch(name) else literal(name)


def array(members: list[str]) -> str:
    """Of members that are source already; trailing zeros are left out, because an absent member reads as falsy."""
    while members and members[-1] in ("0", "[]"):
        members = members[:-1]
    return f"[{','.join(members)}]"


def mapping(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in members.items()) + "}"
