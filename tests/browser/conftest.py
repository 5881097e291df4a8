"""A real Chromium, the platform under gunicorn, and a marketing site on another origin. Vendors are intercepted and recorded.

Names below `shop.example` and `shop.co.jp` resolve to this machine, so that cookies of parent domains are real.
"""

import os
import shutil
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.platform import Platform, free_port

LOCAL_NAMES = ("*.shop.example", "shop.example", "*.shop.co.jp", "shop.co.jp", "*.other.example")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    rules = ", ".join(f"MAP {name} 127.0.0.1" for name in LOCAL_NAMES)
    arguments = [f"--host-resolver-rules={rules}", "--disable-background-networking", "--disable-quic"]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": chromium, "args": arguments, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "ja-JP", "viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def platform(tmp_path_factory, migrated_sqlite):
    folder = tmp_path_factory.mktemp("platform")
    shutil.copy(migrated_sqlite, folder / "consent.sqlite")
    platform = Platform(folder)
    platform.start()
    yield platform
    platform.close()


@dataclass
class Shop:
    """The marketing site: pages that a test writes, on any local name, and a list of what was asked for."""

    port: int
    pages: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def origin(self, host="www.shop.example"):
        return f"http://{host}:{self.port}"

    def put(self, path, body, **headers):
        self.pages[path], self.headers[path] = body, headers


@pytest.fixture(scope="session")
def shop_server():
    shop = Shop(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            shop.seen.append(f"{self.headers['Host'].partition(':')[0]}{self.path}")
            body = shop.pages.get(path, "").encode()
            self.send_response(200 if path in shop.pages else 404)
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            for name, value in shop.headers.get(path, {}).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", shop.port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield shop
    server.shutdown()


@pytest.fixture
def shop(shop_server):
    shop_server.pages.clear()
    shop_server.headers.clear()
    shop_server.seen.clear()
    return shop_server


@pytest.fixture
def vendors(context):
    """Every request that would leave this machine, in order. It is answered here: an empty script, frame or picture."""
    asked = []

    def answer(route):
        url = route.request.url
        asked.append(url)
        kinds = {"script": "text/javascript", "document": "text/html"}
        body = f"(window.loaded=window.loaded||[]).push({url!r})" if route.request.resource_type == "script" else ""
        route.fulfill(status=200, body=body, content_type=kinds.get(route.request.resource_type, "text/plain"))

    def is_outside(url):
        host = url.split("/")[2].partition(":")[0] if "://" in url else ""
        local = (".shop.example", ".shop.co.jp", ".other.example")
        return (
            url.startswith("http")
            and host not in ("127.0.0.1", "localhost", "shop.example", "shop.co.jp")
            and not host.endswith(local)
        )

    context.route(is_outside, answer)
    return asked
