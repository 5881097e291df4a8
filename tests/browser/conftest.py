"""A real Chromium, the platform under gunicorn, and a marketing site on another origin. Vendors are intercepted and recorded.

Names below `shop.example` and `shop.co.jp` resolve to this machine, so that cookies of parent domains are real.
"""

import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests import chromium
from tests.browser.banner_page import Banner
from tests.platform import free_port, started

LOCAL_NAMES = ("*.shop.example", "shop.example", "*.shop.co.jp", "shop.co.jp", "*.other.example")
HOSTS = (
    "www.shop.example",
    "shop.example",
    "blog.shop.example",
    "a.b.shop.example",
    "www.shop.co.jp",
    "www.other.example",
)
PAUSE = "\0"  # in a page: what comes after it comes late
PATIENCE = 15  # seconds after which a held answer is given all the same


@pytest.fixture(scope="session")
def browser_type_launch_args():
    rules = ", ".join(f"MAP {name} 127.0.0.1" for name in LOCAL_NAMES)
    arguments = chromium.arguments(f"--host-resolver-rules={rules}")
    return {"executable_path": chromium.path(), "args": arguments, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "ja-JP", "viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def platform(tmp_path_factory, migrated_sqlite):
    platform = started(tmp_path_factory.mktemp("platform"), migrated_sqlite)
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def mortal_platform(tmp_path_factory, migrated_sqlite):
    """A platform of its own, for tests that kill it. Each leaves it running."""
    platform = started(tmp_path_factory.mktemp("mortal"), migrated_sqlite)
    yield platform
    platform.close()


@dataclass
class Shop:
    """The marketing site: pages that a test writes, on any local name, and a list of what was asked for."""

    port: int
    pages: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)
    held: dict = field(default_factory=dict)

    def origin(self, host="www.shop.example"):
        return f"http://{host}:{self.port}"

    def origins(self):
        return [self.origin(host) for host in HOSTS]

    def put(self, path, body, **headers):
        self.pages[path], self.headers[path] = body, headers

    def hold(self, path):
        """Answers this path only after the returned event has been set."""
        return self.held.setdefault(path, threading.Event())

    def asked(self, path):
        return sum(each.partition("/")[2] == path.removeprefix("/") for each in self.seen)

    def empty(self):
        for event in self.held.values():
            event.set()
        for each in (self.pages, self.headers, self.seen, self.held):
            each.clear()


def answering(shop):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.path.removeprefix(f"http://{self.headers['Host']}")  # so says a browser whose proxy we are
            path = asked.partition("?")[0]
            shop.seen.append(f"{self.headers['Host'].partition(':')[0]}{asked}")
            if path in shop.held:
                shop.held[path].wait(PATIENCE)
            first, *late = shop.pages.get(path, "").encode().split(PAUSE.encode())
            self.send_response(200 if path in shop.pages else 404)
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            for name, value in shop.headers.get(path, {}).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(first)
            for each in late:
                time.sleep(0.3)
                self.wfile.write(each)

        def log_message(self, *_):
            pass

    return Handler


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A browser that has closed its page no longer waits for the answer."""


@pytest.fixture(scope="session")
def shop_server():
    shop = Shop(free_port())
    server = Server(("127.0.0.1", shop.port), answering(shop))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield shop
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(shop_server):
    shop_server.empty()
    yield shop_server
    shop_server.empty()


class Vendors(list):
    """Every request that left for a vendor, in order. `code` holds what a host's scripts do, by host."""

    def __init__(self):
        super().__init__()
        self.code = defaultdict(str)

    def hosts(self):
        return [urlsplit(url).hostname for url in self]

    def answer(self, route):
        url, kind = route.request.url, route.request.resource_type
        self.append(url)
        types = {"script": "text/javascript", "document": "text/html"}
        body = f"(window.loaded=window.loaded||[]).push({url!r});{self.code[urlsplit(url).hostname]}"
        route.fulfill(
            status=200,
            body=body if kind == "script" else "",
            content_type=types.get(kind, "text/plain"),
            headers={"Access-Control-Allow-Origin": "*"},
        )


# As an expression: Playwright's driver knows it, and asks this process about nothing else.
OUTSIDE = re.compile(
    r"^https?://(?!(?:127\.0\.0\.1|localhost|(?:[^/:?#]+\.)?(?:shop\.example|shop\.co\.jp|other\.example))(?:[:/?#]|$))"
)


@pytest.fixture
def vendors(context):
    """Every request that would leave this machine, in order. It is answered here: a script, or an empty frame or picture."""
    vendors = Vendors()
    context.route(OUTSIDE, vendors.answer)
    return vendors


@pytest.fixture
def policy():
    """What a test file changes in the example policy for all its sites."""
    return {}


@pytest.fixture
def banner_of(page, shop, platform, vendors, policy):
    """Makes a site of its own on the platform and returns its Banner, for tests that prepare something before they open it."""
    page.set_default_timeout(15_000)

    def make(*, on=platform, cookie_domain=None, **changes):
        key = on.make_site(shop.origins(), cookie_domain=cookie_domain, **{**policy, **changes})
        return Banner(page, shop, on, key)

    return make


@pytest.fixture
def visit(banner_of):
    """Writes a page with the script in it and opens it: `visit(body, head=…, path=…, **policy)`."""

    def go(body="", *, head="", path="/", **changes):
        banner = banner_of(**changes)
        banner.put(path, body, head=head)
        return banner.open(path)

    return go
