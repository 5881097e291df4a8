"""What a page would load, read from its HTML without running it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from consent.markup import Token, tokens

_RUNS = frozenset({"", "text/javascript", "application/javascript", "text/ecmascript", "module", "text/partytown"})
_HELD_BACK = "text/plain"
# Ours, Klaro's and Orejime's (banner/src/gate.js), and what other consent tools write beside text/plain.
_GATES = frozenset({"data-category", "data-service", "data-name", "data-purpose"})
_ADDRESSES = {"object": ("data",), "link": ("href", "data-src"), "amp-analytics": ("config",)}
_LONGEST = 2000  # of an address
_JSON_CODE = "amp-analytics"  # its JSON is what AMP carries out

# A comment stands at the beginning or after what ends a token: `//` after a quote is an address, `image/*` a kind of file.
_COMMENT = re.compile(r"(?<![^\s;{}(),])(?:/\*.*?(?:\*/|\Z)|//[^\n]*|<!--[^\n]*)", re.S)
_LITERAL = re.compile(r"""(?<=["'`])[^"'`\s]{4,500}(?=["'`])""")
_IN_STYLE = re.compile(r"(?:https?:)?//[^\s\"')]{4,500}")


@dataclass(frozen=True)
class Piece:
    """kind: `address` (with the element's data-* attributes after it), `code`, `meta` or `element` (by name).

    `held_back`: the page gates it already.
    """

    kind: str
    text: str
    line: int
    held_back: bool = False


def pieces(html: str) -> list[Piece]:
    """In the order of the page. Comments of HTML and of scripts, templates and data that no script runs are left out."""
    reader = _Reader()
    return [piece for token in tokens(html) for piece in reader.read(token)]


class _Reader:
    """Knows what is open: a template that nobody expands, AMP's analytics, the script or style whose text comes next."""

    def __init__(self) -> None:
        self._templates: list[bool] = []  # of each open one, whether nothing reads it
        self._in_amp = False
        self._script: Piece | None = None

    def read(self, token: Token) -> Iterator[Piece]:
        if token.kind == "end":
            self._end(token.name)
        elif token.kind == "text":
            yield from self._text(token)
        else:
            yield from self._start(token)

    def _start(self, token: Token) -> Iterator[Piece]:
        if token.name == "template":
            self._templates.append(not _GATES & token.attributes.keys())
        self._in_amp = self._in_amp or token.name == _JSON_CODE
        self._script = None
        if any(self._templates):
            return
        held_back = _is_held_back(token) or bool(self._templates)
        if "-" in token.name:
            yield Piece("element", token.name, token.line, held_back)
        elif token.name == "meta":
            yield Piece("meta", token.attributes.get("name", "").lower(), token.line)
        if token.name == "script":
            if not (self._in_amp or _kind(token) in (*_RUNS, _HELD_BACK)):
                return
            self._script = Piece("code", "", token.line, held_back)
        for address in _addresses(token):
            yield Piece("address", f"{address[:_LONGEST]}{_data(token)}", token.line, held_back)

    def _end(self, name: str) -> None:
        if name == "template" and self._templates:
            self._templates.pop()
        self._in_amp = self._in_amp and name != _JSON_CODE

    def _text(self, token: Token) -> Iterator[Piece]:
        if token.inside == "style" and not any(self._templates):
            yield from (Piece("address", each, token.line) for each in _IN_STYLE.findall(token.text))
        elif token.inside == "script" and self._script:
            yield from _code(token.text, self._script)


def _kind(token: Token) -> str:
    return token.attributes.get("type", "").strip().lower()


def _is_held_back(token: Token) -> bool:
    return bool(_GATES & token.attributes.keys()) or (token.name == "script" and _kind(token) == _HELD_BACK)


def _addresses(token: Token) -> list[str]:
    if token.name == "link" and "stylesheet" not in token.attributes.get("rel", "").lower():
        return []
    names = _ADDRESSES.get(token.name, ("src", "data-src"))
    return [address for address in (token.attributes.get(name, "").strip() for name in names) if address]


def _data(token: Token) -> str:
    """What the element says beside its address: some vendors' scripts find their account there."""
    said = [f" {name}={value}" for name, value in token.attributes.items() if name.startswith("data-")]
    return "".join(said)[:_LONGEST]


def _code(text: str, script: Piece) -> Iterator[Piece]:
    """The addresses in it as they stand between quotation marks, then all of it."""
    code = _COMMENT.sub(" ", text.replace("\\/", "/"))
    for literal in _LITERAL.findall(code):
        if "." in literal:
            yield replace(script, kind="address", text=literal)
    yield replace(script, text=_squeezed(code))


def _squeezed(code: str) -> str:
    """Without the blanks that a minifier would leave out, so that one expression finds both."""
    return re.sub(r" ?([^\w\s$]) ?", r"\1", re.sub(r"\s+", " ", code))
