"""Which presets a page carries: found in its HTML by what the presets say of themselves (`match`). Pure; nothing is run.

What a script loads later cannot be seen here: of a tag manager's container, or of an application's bundle, only the tag itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from consent.catalogue.page import Piece, pieces
from consent.catalogue.presets import Preset, presets

MOST_CHARACTERS = 1_000_000
_EXCERPT = 120
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_HOST = re.compile(r"(?:(?:https?:)?//)?((?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24})(?=[/:?#]|$)", re.I)
_SCHEME = re.compile(r"(?:https?:)?//", re.I)
# A value ends where the next character could not belong to it.
_VALUE = r"(?P<{name}>{pattern})(?![A-Za-z0-9_-])"


@dataclass(frozen=True)
class Trace:
    """Where and by what a service was found. kind: `host`, `url`, `code`, `meta` or `element`."""

    kind: str
    line: int
    excerpt: str
    held_back: bool


@dataclass(frozen=True)
class Proposal:
    """`parameters`: those that stand on the page. `held_back`: the page gates every trace of it already."""

    preset: str
    parameters: Mapping[str, str]
    traces: tuple[Trace, ...]

    @property
    def held_back(self) -> bool:
        return all(trace.held_back for trace in self.traces)


Finding = tuple[Trace, Mapping[str, str]]
Rule = Callable[[Piece], Iterable[Mapping[str, str]]]  # the values of each place that it finds


def propose(html: str) -> list[Proposal]:
    """In the order of the page; a service with several ids several times."""
    page = [piece for piece in pieces(html[:MOST_CHARACTERS]) if piece.kind != "address" or _may_be_known(piece.text)]
    proposals = [each for preset in presets().values() for each in _of(preset, list(_findings(preset, page)))]
    return sorted(proposals, key=lambda each: each.traces[0].line)


def _findings(preset: Preset, page: Iterable[Piece]) -> Iterator[Finding]:
    rules = _rules(preset.id)
    for piece in page:
        for kind, rule in rules.get(piece.kind, ()):
            for values in rule(piece):
                yield Trace(kind, piece.line, _excerpt(piece, values), piece.held_back), values


def _may_be_known(address: str) -> bool:
    """Whether any rule could find it: pages have thousands of addresses, and few of them are a vendor's."""
    exact, below, urls = _all_addresses()
    host = _host_of(address)
    parents = {host[at + 1 :] for at, each in enumerate(host) if each == "."}
    return host in exact or not parents.isdisjoint(below) or bool(urls.match(_bare(address)))


@cache
def _all_addresses() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    """Hosts, hosts below which all count, and every expression in one."""
    hosts = [each for preset in presets().values() for each in preset.match.hosts]
    urls = [_expanded(each, preset, "(?:{pattern})") for preset in presets().values() for each in preset.match.urls]
    return (
        frozenset(each for each in hosts if not each.startswith("*")),
        frozenset(each.removeprefix("*.") for each in hosts if each.startswith("*")),
        re.compile("|".join(f"(?:{each})" for each in urls)),
    )


def _host_of(address: str) -> str:
    found = _HOST.match(address)
    return found[1].lower() if found else ""


def _bare(address: str) -> str:
    """From the host on: whatever stands before it belongs to another address."""
    return _SCHEME.sub("", address, count=1) if _SCHEME.match(address) else address


def _of(preset: Preset, found: list[Finding]) -> Iterator[Proposal]:
    if not found:
        return
    traces = tuple(dict.fromkeys(trace for trace, _ in found))
    given: dict[str, dict[str, None]] = {}
    for _, values in found:
        for name, value in values.items():
            given.setdefault(name, {})[value] = None
    # Two ids make two services; whatever else was found goes with each.
    first = next((each.name for each in preset.parameters if each.name in given), None)
    rest = {name: next(iter(values)) for name, values in given.items()}
    for value in given[first] if first else [""]:
        yield Proposal(preset.id, rest | ({first: value} if first else {}), traces)


def _excerpt(piece: Piece, values: Mapping[str, str]) -> str:
    """The address, or the place in the code where the values stand."""
    if piece.kind != "code":
        return piece.text[:_EXCERPT]
    at = max(piece.text.find(next(iter(values.values()), "")) - _EXCERPT // 2, 0)
    return piece.text[at : at + _EXCERPT]


@cache
def _rules(preset_id: str) -> Mapping[str, list[tuple[str, Rule]]]:
    """By the kind of piece that they look at."""
    preset = presets()[preset_id]
    match = preset.match
    return {
        "address": [
            *(("url", _url(each, preset)) for each in match.urls),
            *(("host", _host(each)) for each in match.hosts),
        ],
        "code": [("code", _code(each, preset)) for each in match.code],
        "meta": [("meta", _name(each)) for each in match.meta],
        "element": [("element", _name(each)) for each in match.elements],
    }


def _host(wanted: str) -> Rule:
    """`*.example.com` is every host below example.com."""

    def rule(piece: Piece) -> Iterable[Mapping[str, str]]:
        host = _host_of(piece.text)
        below = wanted.startswith("*") and host.endswith(wanted[1:])
        return [{}] if host == wanted or below else []

    return rule


def _url(expression: str, preset: Preset) -> Rule:
    compiled = re.compile(_expanded(expression, preset))

    def rule(piece: Piece) -> Iterable[Mapping[str, str]]:
        found = compiled.match(_bare(piece.text))
        return [found.groupdict()] if found else []

    return rule


def _code(expression: str, preset: Preset) -> Rule:
    compiled = re.compile(_expanded(expression, preset))
    return lambda piece: (found.groupdict() for found in compiled.finditer(piece.text))


def _name(wanted: str) -> Rule:
    return lambda piece: [{}] if piece.text == wanted else []


def _expanded(expression: str, preset: Preset, value: str = _VALUE) -> str:
    """`{quote}` is any quotation mark, `{name}` a parameter by its pattern."""
    patterns = {each.name: each.pattern for each in preset.parameters}

    def expand(match: re.Match[str]) -> str:
        name = match[1]
        return "[\"'`]" if name == "quote" else value.format(name=name, pattern=patterns[name])

    return _PLACEHOLDER.sub(expand, expression)
