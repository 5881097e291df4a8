"""Where a line of Japanese may break: between phrases, as a person who sets type would break it.

Japanese has no spaces, so browsers break it between any two characters. `word-break: auto-phrase` is Chromium's alone. What is
marked here breaks alike in every engine under `word-break: keep-all`, and the browser has nothing to look up. A zero width
space and not a `<wbr>`: screen readers pause at an element.
"""

import re
from functools import lru_cache
from html import unescape

from budoux import load_default_japanese_parser
from markupsafe import Markup, escape

MAY_BREAK = "\u200b"
_WHOLE = 8  # characters of a label that fits into any line
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TAG = re.compile(r"(<[^>]+>)")
_BEHIND_DIGIT = re.compile(rf"(?<=[0-9]){MAY_BREAK}")  # the model tears numbers: "202", "6年"
_parser = load_default_japanese_parser()


@lru_cache(4096)
def phrased(text: str) -> str:
    """The text with a mark between its phrases, none in a number or behind one. As it is where it is short, not Japanese, or
    has marks of its own."""
    if len(text) <= _WHOLE or not _JAPANESE.search(text) or MAY_BREAK in text:
        return text
    marked = _BEHIND_DIGIT.sub("", MAY_BREAK.join(_parser.parse(text)))
    return re.sub(rf"{MAY_BREAK}?(\s+){MAY_BREAK}?", r"\1", marked)


def phrased_page(html: str, language: str) -> Markup:
    """The same for all that a page of ours in that language says between its tags. There is no `>` in any attribute: what
    escapes a template's values escapes it.
    """
    if language != "ja":
        return Markup(html)  # noqa: S704 (as it came)
    parts = _TAG.split(html)
    parts[::2] = [escape(phrased(unescape(text))) if _JAPANESE.search(text) else text for text in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 (what was between the tags is escaped again)
