"""Parameters of a preset: checked against their patterns first, filled into steps and hosts afterwards."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from consent.catalogue.presets import Preset, Step

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class ParameterProblem:
    """code: parameter_missing, parameter_invalid or parameter_unknown. `parts`: what a sentence about it names."""

    code: str
    name: str
    parts: Mapping[str, str]


def problems(preset: Preset, given: Mapping[str, str]) -> Iterator[ParameterProblem]:
    """What is wrong with the values given for a preset; nothing where they may be filled in."""
    for parameter in preset.parameters:
        value = given.get(parameter.name)
        if value is None:
            parts = {"name": parameter.name, "example": parameter.example}
            yield ParameterProblem("parameter_missing", parameter.name, parts)
        elif not re.fullmatch(parameter.pattern, value):
            parts = {"name": parameter.name, "value": value, "pattern": parameter.pattern, "example": parameter.example}
            yield ParameterProblem("parameter_invalid", parameter.name, parts)
    for name in sorted(given.keys() - {parameter.name for parameter in preset.parameters}):
        yield ParameterProblem("parameter_unknown", name, {"name": name, "preset": preset.id})


def fill_steps(steps: Sequence[Step], parameters: Mapping[str, str]) -> list[Any]:
    """The steps with every `{parameter}` replaced. Call it only with parameters that have no problems."""
    return [_fill(step, parameters) for step in steps]


def fill_hosts(hosts: Sequence[str], parameters: Mapping[str, str]) -> list[str]:
    """Host names; a parameter that is an address counts as the host in it."""
    filled = (_fill(host, parameters) for host in hosts)
    return [urlsplit(host).hostname or host if "://" in host else host for host in filled]


def _fill(value: Any, parameters: Mapping[str, str], *, in_url: bool = False) -> Any:
    if isinstance(value, str):
        return _fill_text(value, parameters, in_url=in_url)
    if isinstance(value, list):
        return [_fill(member, parameters) for member in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"number"}:
        return int(_fill(value["number"], parameters))
    return {key: _fill(member, parameters, in_url=key == "src") for key, member in value.items()}


def _fill_text(text: str, parameters: Mapping[str, str], *, in_url: bool) -> str:
    # A text that is nothing but a parameter takes it whole: an address of a script must not be encoded a second time.
    if not in_url or _PLACEHOLDER.fullmatch(text):
        return _PLACEHOLDER.sub(lambda match: parameters[match[1]], text)
    return _PLACEHOLDER.sub(lambda match: quote(parameters[match[1]], safe=""), text)
