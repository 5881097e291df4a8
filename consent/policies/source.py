"""Reading the text of a policy document, which a stranger may have written.

YAML with the plain types of YAML 1.2 only (no dates, no `no` that means false, no octal numbers), or JSON. Duplicate keys,
anchors and aliases are refused: the first hide a text from its reader, the last can blow a small file up to any size.
"""

import json
import re
from typing import Any

import yaml

from consent.policies.findings import Finding, PolicyRefused

LARGEST_SOURCE = 256 * 1024
DEEPEST = 16


def parse(source: str | bytes) -> dict[str, Any]:
    """The document as plain dicts, lists, strings, integers, floats, booleans and None. Raises PolicyRefused."""
    text = _decode(source)
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_SOURCE:
        raise PolicyRefused([Finding("source_too_large", "", {"largest": LARGEST_SOURCE})])
    document = _from_json(text) if text.lstrip().startswith("{") else _from_yaml(text)
    if not isinstance(document, dict):
        raise _malformed("no_map")
    if not _is_unicode(document):
        raise _malformed("half_a_character")
    return document


def tree(source: bytes) -> yaml.Node | None:
    """The document as nodes that know their lines, JSON too; None where it cannot be read."""
    try:
        return yaml.compose(source.decode("utf-8-sig"), Loader=_Loader)
    except (PolicyRefused, yaml.YAMLError, ValueError, RecursionError):
        return None


def _malformed(case: str, **parts: str | int) -> PolicyRefused:
    return PolicyRefused([Finding("source_malformed", "", parts, case)])


def _decode(source: str | bytes) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _malformed("no_utf8") from None


def _is_unicode(document: Any) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _from_json(text: str) -> Any:
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        _check_depth(document, DEEPEST)
    except RecursionError:
        raise _malformed("too_deep", deepest=DEEPEST) from None
    except json.JSONDecodeError as error:
        raise _malformed("json", problem=error.msg, line=error.lineno, column=error.colno) from None
    except ValueError:
        raise _malformed("long_number") from None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _malformed("key_twice", key=key)
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise _malformed("json_value", value=name)


def _check_depth(value: Any, left: int) -> None:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        if left == 0:
            raise _malformed("too_deep", deepest=DEEPEST)
        _check_depth(member, left - 1)


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's plain scalars, without aliases, with a bounded depth."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to declare them

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise _malformed("alias", **_place(self.peek_event().start_mark))  # type: ignore[no-untyped-call]
        self._depth += 1
        if self._depth > DEEPEST:
            raise _malformed("too_deep", deepest=DEEPEST)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = getattr(key_node, "value", None)
            if not isinstance(key, str):
                raise _malformed("key_no_text", **_place(key_node.start_mark))
            if key in seen:
                raise _malformed("key_twice_at", key=key, **_place(key_node.start_mark))
            seen.add(key)
            key_node.tag = "tag:yaml.org,2002:str"  # a language `no`, a text called `on`: keys are always text
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys (`<<`) need aliases, so there is nothing to flatten."""


_PLAIN = (
    ("tag:yaml.org,2002:bool", r"true|True|false|False", "tTfF"),
    ("tag:yaml.org,2002:null", r"~|null|Null|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("tag:yaml.org,2002:float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
)
for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def _from_yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        problem = str(error.problem or error.context)
        raise _malformed("yaml", problem=problem, **_place(error.problem_mark or error.context_mark)) from None
    except yaml.YAMLError as error:
        raise _malformed("yaml_anywhere", problem=str(error).partition("\n")[0]) from None
    except ValueError:
        raise _malformed("long_number") from None
    except RecursionError:
        raise _malformed("too_deep", deepest=DEEPEST) from None


def _place(mark: Any) -> dict[str, int]:
    return {"line": mark.line + 1, "column": mark.column + 1}
