"""Two loopback origins: the marketing site with the peers' files on it, and the gated host that notes who asked."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

MODULES = Path(__file__).parent.parent / "node_modules"
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html;charset=utf-8", ".svg": "image/svg+xml"}
SLOW_SCRIPT_SECONDS = 0.15
PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one segment

    def log_message(self, *_: object) -> None:
        """Nothing: the terminal belongs to the results."""

    def answer(self, body: bytes, kind: str, *, zipped: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@cache
def package_file(path: str) -> bytes:
    """A file of an installed package, compressed as well as gzip can."""
    return gzip.compress((MODULES / path).read_bytes(), 9)


class SiteHandler(Handler):
    pages: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in self.pages:
            self.answer(self.pages[path], KINDS[Path(path).suffix or ".html"], zipped=True)
        elif path.startswith("/modules/"):
            self.answer(package_file(path.removeprefix("/modules/")), KINDS[Path(path).suffix], zipped=True)
        elif path == "/slow.js":
            time.sleep(SLOW_SCRIPT_SECONDS)
            self.answer(b"", KINDS[".js"])
        else:
            self.send_error(404)


class GatedHandler(Handler):
    contacts: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.contacts.append(self.path)
        parts = urlsplit(self.path)
        if parts.path == "/tag.js":
            name = parse_qs(parts.query)["name"][0]
            self.answer(f"__probe.ran[{name!r}] ??= performance.now();".encode(), KINDS[".js"])
        elif parts.path == "/frame.html":
            self.answer(b"<!doctype html><title>frame</title>", KINDS[".html"])
        else:
            self.answer(PIXEL, KINDS[".svg"])


@contextmanager
def serving(handler: type[Handler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
