"""One visit each, in a browser context of its own: nothing cached, and no state but what the visitor brings along."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Request

from benchmarks.browser.pages import Tool

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
CPU_SLOWDOWN = 4
NETWORKS = {
    "loopback": None,
    "link": {"offline": False, "latency": 70, "downloadThroughput": 9_000_000 / 8, "uploadThroughput": 4_000_000 / 8},
}
PERSON: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
CLICK_EVENTS = {"pointerdown", "mousedown", "pointerup", "mouseup", "click"}
PAGE_FILES = ("/page/", "/site.css", "/slow.js", "/favicon.ico")  # not the tool's
SETTLE_MS = 400  # long enough for late shifts and late requests


@dataclass
class Visit:
    """What one visit showed. Times are milliseconds since navigation; None where it did not happen."""

    still: float | None = None
    tag: float | None = None
    shift: float = 0.0
    handler: float | None = None
    requests: int = 0
    bytes: int = 0
    state: Any = None


class Visitor:
    """Opens pages of one tool on one network. `state` is what an earlier visit left (cookies and localStorage)."""

    def __init__(self, browser: Browser, tool: Tool, *, network: str, gated_origin: str, slow: bool = True):
        self._browser, self._tool, self._gated_origin = browser, tool, gated_origin
        self._conditions, self._slow = NETWORKS[network], slow
        self._sent: list[Request] = []

    def _open(self, context: BrowserContext) -> Page:
        self._sent.clear()
        context.add_init_script(f"window.__accept = {json.dumps(self._tool.accept)};\n{PROBE}")
        page = context.new_page()
        page.on("request", self._note)
        session: CDPSession = context.new_cdp_session(page)
        session.send("Network.enable")
        if self._conditions:
            session.send("Network.emulateNetworkConditions", self._conditions)
        if self._slow:
            session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        return page

    def first(self, url: str, *, accept: bool = False) -> Visit:
        """A visit without state, until the banner is still and late things have come; then perhaps the accept click."""
        visit = Visit()
        context = self._browser.new_context(**PERSON)
        page = self._open(context)
        page.goto(url, wait_until="load")
        page.wait_for_function("__probe.still !== null", polling=50, timeout=20_000)
        page.wait_for_timeout(SETTLE_MS)
        visit.still, visit.shift = page.evaluate("[__probe.still, __probe.shift]")
        self._sum_up(visit)
        if accept:
            visit.handler = self._accept(page)
            visit.state = context.storage_state()
        context.close()
        return visit

    def returning(self, url: str, state: Any) -> Visit:
        """A visit with consent given earlier, until the gated tag has run."""
        visit = Visit()
        context = self._browser.new_context(**PERSON, storage_state=state)
        page = self._open(context)
        page.goto(url, wait_until="load")
        page.wait_for_function("__probe.ran.tag !== undefined", polling=50, timeout=20_000)
        page.wait_for_timeout(SETTLE_MS)
        visit.tag, visit.still = page.evaluate("[__probe.ran.tag, __probe.still]")
        self._sum_up(visit)
        context.close()
        return visit

    def _note(self, request: Request) -> None:
        self._sent.append(request)

    def _sum_up(self, visit: Visit) -> None:
        own = [request for request in self._sent if self._is_of_the_tool(request)]
        visit.requests, visit.bytes = len(own), sum(_body_size(request) for request in own)

    def _is_of_the_tool(self, request: Request) -> bool:
        parts = urlsplit(request.url)
        loopback = parts.hostname == "127.0.0.1" and not request.url.startswith(self._gated_origin)
        return loopback and not parts.path.startswith(PAGE_FILES)

    def _accept(self, page: Page) -> float:
        """Milliseconds of main thread that the handlers of a real click on the accept button took."""
        button = page.locator(self._tool.accept).first
        box = button.bounding_box()
        if box is None:
            raise RuntimeError(f"{self._tool.name}: the accept button is gone")
        self._browser.start_tracing(page=page, categories=["devtools.timeline"])
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(SETTLE_MS)
        events = json.loads(self._browser.stop_tracing())["traceEvents"]
        _await_tag(page)
        return float(sum(each.get("dur", 0) for each in events if _is_click(each)) / 1000)


def _is_click(event: dict[str, Any]) -> bool:
    return event["name"] == "EventDispatch" and event.get("args", {}).get("data", {}).get("type") in CLICK_EVENTS


def _await_tag(page: Page) -> None:
    """The granted tag runs on the same page, so a tool that shows a banner but releases nothing is found out."""
    deadline = time.monotonic() + 10
    while page.evaluate("__probe.ran.tag === undefined"):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{page.title()}: the gated tag did not run after accepting")
        page.wait_for_timeout(50)


def _body_size(request: Request) -> int:
    """Bytes of the body as they came over the wire."""
    return int(request.sizes()["responseBodySize"])
