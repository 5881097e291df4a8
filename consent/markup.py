"""HTML as a row of tags and texts, in time that grows with its length and not with its square.

The standard library's HTMLParser needs minutes for half a megabyte of `<!--` (CVE-2025-6069); pages come from strangers.
What stands in a script, style, textarea or title is text; comments and doctypes are left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

_RAW = frozenset({"script", "style", "textarea", "title"})
_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?""")
_END = re.compile(r"[\s/]*>")


@dataclass(frozen=True)
class Token:
    """kind: `start`, `end` or `text`. `name` of the tag in lower case; `inside`: the raw element that a text stands in."""

    kind: str
    line: int
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    inside: str = ""


def tokens(html: str) -> Iterator[Token]:
    """What no browser would read as a tag (an unclosed one at the end) is left out."""
    at, line, counted = 0, 1, 0
    while at >= 0 and (begin := html.find("<", at)) >= 0:
        line, counted = line + html.count("\n", counted, begin), begin
        found, at = _next(html, begin, line)
        yield from found


def _next(html: str, begin: int, line: int) -> tuple[list[Token], int]:
    """What begins here, and where to go on; -1 where the page ends within a tag."""
    if html.startswith("<!--", begin):
        return [], _after(html, "-->", begin + 4)
    if html.startswith(("<!", "<?"), begin):
        return [], _after(html, ">", begin)
    if html.startswith("</", begin):
        name = _NAME.match(html, begin + 2)
        return [Token("end", line, name[0].lower())] if name else [], _after(html, ">", begin)
    name = _NAME.match(html, begin + 1)
    return _opened(html, name, line) if name else ([], begin + 1)


def _opened(html: str, name: re.Match[str], line: int) -> tuple[list[Token], int]:
    attributes, at = _attributes(html, name.end())
    if at < 0:
        return [], at
    start = Token("start", line, name[0].lower(), attributes)
    if start.name not in _RAW:
        return [start], at
    end = _closing(html, name[0], at)
    return [start, Token("text", line, text=html[at:end], inside=start.name)], end


def _after(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """Of two of a name the first counts. The end is -1 where the tag never closes."""
    found: dict[str, str] = {}
    while not (end := _END.match(html, at)):
        attribute = _ATTRIBUTE.match(html, at)
        if not attribute:
            return found, -1
        value = next((each for each in attribute.groups()[1:] if each is not None), "")
        found.setdefault(attribute[1].lower(), unescape(value))
        at = attribute.end()
    return found, end.end()


def _closing(html: str, name: str, at: int) -> int:
    found = re.compile(rf"</{name}(?=[\s/>])", re.I).search(html, at)
    return found.start() if found else len(html)
