"""A document held against the schema: what does not fit becomes findings."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from consent.policies.findings import Finding, PolicyRefused
from consent.policies.schemas.policy import PolicySchema

# The validators of the schema name a case themselves. Marshmallow's own errors have theirs here.
_CASES = {
    "Field may not be null.": "null",
    "Not a valid string.": "text",
    "Not a valid integer.": "number",
    "Number too large.": "number",
    "Not a valid boolean.": "boolean",
    "Not a valid list.": "list",
    "Not a valid mapping type.": "map",
    "Invalid type.": "map",
    "Invalid input type.": "map",
}
_SCHEMA = PolicySchema()


def validated(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every default filled in. Raises PolicyRefused with a finding for each wrong place."""
    try:
        loaded: dict[str, Any] = _SCHEMA.load(document)
    except ValidationError as error:
        raise PolicyRefused(_findings(error.normalized_messages(), ())) from None  # type: ignore[no-untyped-call]
    return loaded


def _findings(messages: Any, path: tuple[str, ...]) -> list[Finding]:
    if isinstance(messages, Mapping):
        return [
            finding
            for step, inner in messages.items()
            for finding in _findings(inner, path if step in ("_schema", "value", "key") else (*path, str(step)))
        ]
    place = ".".join(path)
    return [_finding(place, str(message)) for message in messages]


def _finding(place: str, message: str) -> Finding:
    if message == "Unknown field.":
        return Finding("key_unknown", place)
    if message == "Missing data for required field.":
        return Finding("key_missing", place)
    case, *parts = _CASES.get(message, message).split("|")
    return Finding("value_invalid", place, dict(each.split("=", 1) for each in parts), case)
