"""A first visit in one answer: the core, and right behind it the chunk that it would ask for (docs/adr/0022).

Only where the browser itself says that there is no decision: it asks for a plain script of its own site, so it has sent the
site's cookies, and ours is not among them. Everybody else gets the core alone and asks for the chunk where it is needed.
What a visitor runs are the same bytes in both cases, and they are kept under the same names.
"""

from collections.abc import Sequence

from flask import Request

from consent.javascript import literal

_OWN_SITE = ("same-origin", "same-site")


def undecided(asked: Request, cookie: str) -> bool:
    """Whether the browser would have sent the decision, and has not. Without Fetch Metadata there is no telling."""
    # Not `cors`: then no cookie comes along, and the page may insist on a hash of the core.
    plain = asked.headers.get("Sec-Fetch-Dest") == "script" and asked.headers.get("Sec-Fetch-Mode") == "no-cors"
    return plain and asked.headers.get("Sec-Fetch-Site") in _OWN_SITE and cookie not in asked.cookies


def language(asked: Request, available: Sequence[str]) -> str | None:
    """The site's first language, where the browser's first wish can mean no other; None where the page might decide."""
    wish = next(iter(asked.accept_languages.values()), "")
    alike = [each for each in available if _primary(each) == _primary(wish)]
    return available[0] if alike == [available[0]] else None


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def joined(core: str, chunk: str, *, name: str, spoken: str) -> str:
    """`name` is that of the chunk's folder. The core takes the language off its tag where it wants the chunk (surface.js)."""
    hint, _, rest = core.partition("\n")
    tag, place = "document.currentScript", literal(f"/{name}/{spoken}.js")
    wanted = f"if({tag}.ui===0){{{tag}.ui={tag}.src.replace({_FILE},{place});\n{chunk}\n}}else {tag}.ui=0"
    return f"{hint}\n{tag}.ui={literal(spoken)};{rest}\n{wanted}\n"


_FILE = r"/\.js[^/]*$/"
