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
        raise _refusal("source_too_large", f"The document is larger than {LARGEST_SOURCE} bytes.", "shorten it")
    document = _from_json(text) if text.lstrip().startswith("{") else _from_yaml(text)
    if not isinstance(document, dict):
        raise _refusal("source_malformed", "The document is not a map of keys.", "start from `consent policy init`")
    if not _is_unicode(document):
        raise _refusal("source_malformed", "A text holds half a character (a lone surrogate).", "write it anew")
    return document


def _refusal(code: str, message: str, fix: str) -> PolicyRefused:
    return PolicyRefused([Finding(code, "", message, fix)])


def _decode(source: str | bytes) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal("source_malformed", "The document is not UTF-8.", "save it as UTF-8") from None


def _is_unicode(document: Any) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _Malformed(Exception):
    pass


def _from_json(text: str) -> Any:
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        _check_depth(document, DEEPEST)
    except RecursionError:
        raise _refusal("source_malformed", "The document is nested too deeply.", "flatten it") from None
    except (ValueError, _Malformed) as error:
        raise _refusal("source_malformed", f"The document is not JSON: {error}.", "correct it there") from None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Malformed(f"the key {key!r} stands there twice")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise _Malformed(f"{name} is not a value")


def _check_depth(value: Any, left: int) -> None:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        if left == 0:
            raise _Malformed(f"it is nested deeper than {DEEPEST} levels")
        _check_depth(member, left - 1)


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's plain scalars, without aliases, with a bounded depth."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to declare them

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not supported", problem_mark=self._mark())
        self._depth += 1
        if self._depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEEPEST} levels", problem_mark=self._mark())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = getattr(key_node, "value", None)
            if not isinstance(key, str) or key in seen:
                problem = "a key stands there twice" if isinstance(key, str) else "a key is not plain text"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(key)
            key_node.tag = "tag:yaml.org,2002:str"  # a language `no`, a text called `on`: keys are always text
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys (`<<`) need aliases, so there is nothing to flatten."""

    def _mark(self) -> Any:
        return self.peek_event().start_mark  # type: ignore[no-untyped-call]


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
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _refusal("source_malformed", f"{place}{error.problem or error.context}.", "correct it there") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refusal("source_malformed", f"The document is not YAML: {error}.", "correct it") from None
