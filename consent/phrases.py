"""Where a line of Japanese may break: between phrases, as a person who sets type would break it.

Japanese has no spaces, so browsers break it between any two characters. `word-break: auto-phrase` is Chromium's alone. What is
marked here breaks alike in every engine under `word-break: keep-all`, and costs the visitor's browser nothing. A zero width
space and not a `<wbr>`: screen readers pause at an element.
"""

import re
from functools import lru_cache

from budoux import load_default_japanese_parser

MAY_BREAK = "\u200b"
_WHOLE = 8  # characters of a label that fits into any line
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_parser = load_default_japanese_parser()


@lru_cache(4096)
def phrased(text: str) -> str:
    """The text with a mark between its phrases; as it is where it is short, not Japanese, or has marks of its own."""
    if len(text) <= _WHOLE or not _JAPANESE.search(text) or MAY_BREAK in text:
        return text
    return re.sub(rf"{MAY_BREAK}?( +){MAY_BREAK}?", r"\1", MAY_BREAK.join(_parser.parse(text)))
