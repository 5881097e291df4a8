"""Whether a page carries the site's tag as it must stand: a verdict on the page's HTML, without running it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_RUNS = {"", "text/javascript", "application/javascript", "text/ecmascript", "module"}
_GOOGLE_HOSTS = ("googletagmanager.com", "google-analytics.com", "googleadservices.com", "doubleclick.net")
_GOOGLE_CODE = re.compile(r"googletagmanager\.com|google-analytics\.com|\bgtag\s*\(")
_NOT_RUN_IN = ("noscript", "template", "textarea")


@dataclass(frozen=True)
class Check:
    """`holds` None: not checked, because what it is about is not there."""

    name: str
    holds: bool | None


@dataclass
class Script:
    address: str
    attributes: dict[str, str | None]
    text: str = ""

    @property
    def runs(self) -> bool:
        return (self.attributes.get("type") or "").strip().lower() in _RUNS

    @property
    def waits(self) -> bool:
        later = {"async", "defer"} & self.attributes.keys()
        return bool(later) or (self.attributes.get("type") or "").strip().lower() == "module"

    @property
    def is_googles(self) -> bool:
        host = f".{urlsplit(self.address).hostname or ''}"
        from_google = any(host.endswith(f".{each}") for each in _GOOGLE_HOSTS)
        return self.runs and (from_google or bool(_GOOGLE_CODE.search(self.text)))


@dataclass
class Scripts(HTMLParser):
    """The scripts of a page in their order, without those in places where none runs."""

    address: str
    found: list[Script] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside = 0
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_RUN_IN:
            self._inside += 1
        if tag == "script" and not self._inside:
            attributes = dict(reversed(attrs))  # of two of a name the first counts
            source = (attributes.get("src") or "").strip()
            self.found.append(Script(_joined(self.address, source), attributes))
            self._in_script = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_RUN_IN:
            self._inside = max(0, self._inside - 1)
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.found[-1].text += data


def judge(page: str, *, address: str, script: str) -> list[Check]:
    """`address` of the page; `script`: the one that the site's tag must load."""
    reader = Scripts(address)
    reader.feed(page)
    reader.close()
    platforms = [each for each in reader.found if each.runs and _place(each.address)[0] == _place(script)[0]]
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
        Check("first", not any(each.is_googles for each in reader.found[: reader.found.index(ours[0])])),
    ]


def _joined(address: str, source: str) -> str:
    try:
        return urljoin(address, source) if source else ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _place(address: str) -> tuple[str, str]:
    """Host and path: a page may name the script without its scheme."""
    parts = urlsplit(address)
    return parts.netloc.lower(), parts.path
