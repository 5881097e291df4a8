"""Whether a page carries the site's tag as it must stand: a verdict on the page's HTML, without running it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from consent.markup import Token, tokens

_RUNS = {"", "text/javascript", "application/javascript", "text/ecmascript", "module"}
_GOOGLE_HOSTS = ("googletagmanager.com", "google-analytics.com", "googleadservices.com", "doubleclick.net")
_GOOGLE_CODE = re.compile(r"googletagmanager\.com|google-analytics\.com|\bgtag\s*\(")
_NOT_RUN_IN = ("noscript", "template")
_GATES = {"data-category", "data-service", "data-name", "data-purpose"}  # as in banner/src/gate.js


@dataclass(frozen=True)
class Check:
    """`holds` None: not checked, because what it is about is not there."""

    name: str
    holds: bool | None


@dataclass
class Script:
    address: str
    attributes: Mapping[str, str]
    text: str = ""

    @property
    def runs(self) -> bool:
        return self.attributes.get("type", "").strip().lower() in _RUNS

    @property
    def waits(self) -> bool:
        later = {"async", "defer"} & self.attributes.keys()
        return bool(later) or self.attributes.get("type", "").strip().lower() == "module"

    @property
    def is_googles(self) -> bool:
        host = f".{urlsplit(self.address).hostname or ''}"
        from_google = any(host.endswith(f".{each}") for each in _GOOGLE_HOSTS)
        return self.runs and (from_google or bool(_GOOGLE_CODE.search(self.text)))


def scripts(page: str, address: str) -> list[Script]:
    """Those of a page in their order, without those in places where none runs."""
    found: list[Script] = []
    inside = 0
    for token in tokens(page):
        if token.name in _NOT_RUN_IN:
            inside = max(0, inside + (1 if token.kind == "start" else -1))
        if token.kind == "start" and token.name == "script" and not inside:
            source = token.attributes.get("src", "").strip()
            found.append(Script(_joined(address, source), token.attributes))
        elif token.inside == "script" and not inside:
            found[-1].text = token.text
    return found


def judge(page: str, *, address: str, script: str) -> list[Check]:
    """`address` of the page; `script`: the one that the site's tag must load."""
    return [*_of_the_tag(page, address, script), *_of_templates(page, address)]


def _of_the_tag(page: str, address: str, script: str) -> list[Check]:
    found = scripts(page, address)
    platforms = [each for each in found if each.runs and _place(each.address)[0] == _place(script)[0]]
    banners = [each for each in platforms if _place(each.address)[1].startswith("/b/")]
    ours = [each for each in banners if _place(each.address) == _place(script)]
    if not ours:
        rest = [Check(name, None) for name in ("once", "synchronous", "first")]
        return [Check("present", False), Check("key", False if banners else None), *rest]
    return [
        Check("present", True),
        Check("key", len(ours) == len(banners)),
        Check("once", len(ours) == 1),
        Check("synchronous", not any(each.waits for each in ours)),
        Check("first", not any(each.is_googles for each in found[: found.index(ours[0])])),
    ]


def _of_templates(page: str, address: str) -> list[Check]:
    """Firefox asks for what a template names while it reads the page, whatever the template waits for. Of a page without
    any gated one there is nothing to say."""
    depth, found, ahead = 0, False, False
    for token in tokens(page):
        if token.name == "template" and (depth or (token.kind == "start" and _GATES & token.attributes.keys())):
            depth += 1 if token.kind == "start" else -1
            found = True
        elif depth and token.kind == "start":
            ahead = ahead or any(_is_foreign(each, address) for each in _addresses(token))
    return [Check("template", not ahead)] if found else []


def _addresses(token: Token) -> list[str]:
    """Those that a browser may ask for as soon as it reads them."""
    of = token.attributes
    pictures = [each.split()[0] for each in of.get("srcset", "").split(",") if each.strip()]
    return [of.get("src", ""), of.get("poster", ""), of.get("href", "") if token.name == "link" else "", *pictures]


def _is_foreign(named: str, address: str) -> bool:
    return _place(_joined(address, named.strip()))[0] not in ("", _place(address)[0])


def _joined(address: str, source: str) -> str:
    try:
        return urljoin(address, source) if source else ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _place(address: str) -> tuple[str, str]:
    """Host and path: a page may name the script without its scheme."""
    parts = urlsplit(address)
    return parts.netloc.lower(), parts.path
