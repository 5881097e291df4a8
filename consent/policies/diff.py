"""What differs between two resolved documents, place by place, for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """`kind` is added, removed or changed. Services, categories and cookies are named, not numbered, in `path`."""

    kind: str
    path: str
    old: Any
    new: Any


def differences(old: Any, new: Any, path: str = "") -> Iterator[Difference]:
    old, new = _named(old), _named(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            place = f"{path}.{key}" if path else key
            if key not in new:
                yield Difference("removed", place, old[key], None)
            elif key not in old:
                yield Difference("added", place, None, new[key])
            else:
                yield from differences(old[key], new[key], place)
    elif old != new:
        yield Difference("changed", path, old, new)


def _named(value: Any) -> Any:
    """A list of things with an id or a name, as a map; so that an insertion is one difference and not many."""
    if not isinstance(value, list) or not value:
        return value
    for key in ("id", "name"):
        if all(isinstance(member, dict) and isinstance(member.get(key), str) for member in value):
            named = {_label(member, key): member for member in value}
            return named if len(named) == len(value) else value
    return value


def _label(member: dict[str, Any], key: str) -> str:
    kind = member.get("kind")
    return f"{member[key]} ({kind})" if kind else str(member[key])
