"""A policy as the text of its file: what document.read gives, written so that it reads the same again."""

from collections.abc import Mapping
from typing import Any

import yaml

from consent.policies.document import Source

# Left out where they are empty. `cookies: []` and `sends: []` say something, and stay.
_SILENT_WHERE_EMPTY = frozenset({"texts", "vendors", "hosts", "parameters"})


class _Dumper(yaml.SafeDumper):
    """Without anchors, which the reader refuses; list members indented below their key."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def text(policy: Source) -> str:
    """YAML. `read(text(policy)) == policy` for every validated policy."""
    short = {**policy, "categories": [_short_category(each) for each in policy["categories"]]}
    written: str = yaml.dump(_said(short), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return written


def _short_category(category: Any) -> Any:
    return category["id"] if isinstance(category, Mapping) and category.keys() == {"id"} else category


def _said(value: Any) -> Any:
    """Without what says nothing."""
    if isinstance(value, Mapping):
        return {key: _said(member) for key, member in value.items() if not _is_silent(key, member)}
    if isinstance(value, list):
        return [_said(member) for member in value]
    return value


def _is_silent(key: str, value: Any) -> bool:
    return value is None or (key in _SILENT_WHERE_EMPTY and not value)
