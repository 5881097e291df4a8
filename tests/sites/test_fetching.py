"""Fetching a site's page, and everywhere that this server does not go. The servers here are real."""

import gzip
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from consent.sites import fetching
from consent.sites.fetching import PageNotFetched, fetch

PAGE = b"<html><head></head></html>"


class Answers(BaseHTTPRequestHandler):
    """`server.answers`: {path: (status, headers, body)}"""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def running(answers):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.answers, server.asked = answers, []
    server.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def local():
    with running({"/": (200, {}, PAGE)}) as server:
        yield server


def refusal(origin, registered=None, *, development=True):
    with pytest.raises(PageNotFetched) as refused:
        fetch(origin, registered or {origin}, development=development)
    return refused.value.reason


def test_a_site_on_ones_own_machine_is_fetched_while_developing(local):
    page = fetch(local.origin, {local.origin}, development=True)
    assert (page.address, page.text) == (f"{local.origin}/", PAGE.decode())
    assert local.asked == [("/", local.origin.removeprefix("http://"))]


def test_a_platform_in_production_asks_nothing_of_its_own_machine(local):
    assert refusal(local.origin, development=False) == "private"
    assert local.asked == []


def test_only_registered_origins_are_asked(local):
    assert refusal(local.origin, {"https://shop.example"}) == "unregistered"
    assert refusal("file:///etc/passwd", {"https://shop.example"}) == "unregistered"
    assert local.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
@pytest.mark.parametrize("development", [True, False])
def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch, local, address, development):
    """DNS says what its owner likes. In development, too, only an address that is itself a loopback one is allowed."""
    port = local.server_port
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answer = [(family, socket.SOCK_STREAM, 6, "", (address, port))]
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, *answer])
    assert refusal(f"http://shop.example:{port}", development=development) == "private"
    assert local.asked == []


def test_localhost_that_means_another_machine_is_refused(monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    assert refusal("http://localhost") == "private"


def test_numbers_that_mean_the_own_machine_are_refused(local):
    for host in ("2130706433", "0x7f.1", "127.1"):
        assert refusal(f"http://{host}:{local.server_port}") in ("private", "name")
    assert local.asked == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch, local):
    """A name that resolves differently a moment later (DNS rebinding) leads nowhere else."""
    asked = []

    def resolve(host, port, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    connected, connect = [], socket.create_connection
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetching, "_may_connect", lambda *_, **__: True)
    monkeypatch.setattr(socket, "create_connection", lambda to, **more: connected.append(to) or connect(to, **more))
    fetch(f"http://shop.example:{local.server_port}", {f"http://shop.example:{local.server_port}"}, development=False)
    assert connected == [("127.0.0.1", local.server_port)]
    assert asked[0] == "shop.example"
    assert "shop.example" not in asked[1:], "it is resolved once"
    assert local.asked == [("/", f"shop.example:{local.server_port}")]


def test_a_redirect_leads_to_registered_origins_only(local):
    with running({"/": (302, {"Location": f"{local.origin}/"}, b"")}) as other:
        assert refusal(other.origin) == "unregistered"
        assert local.asked == []
        both = {other.origin, local.origin}
        assert fetch(other.origin, both, development=True).address == f"{local.origin}/"


def test_a_redirect_within_the_site_is_followed_and_an_endless_one_is_not(local):
    local.answers.update({"/": (301, {"Location": "/ja/"}, b""), "/ja/": (200, {}, PAGE)})
    assert fetch(local.origin, {local.origin}, development=True).address == f"{local.origin}/ja/"
    local.answers["/ja/"] = (301, {"Location": "/"}, b"")
    assert refusal(local.origin) == "redirects"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, {}, PAGE), "status"),
        ((401, {"WWW-Authenticate": "Basic"}, PAGE), "status"),
        ((200, {"Content-Type": "application/json"}, b"{}"), "no_page"),
        ((302, {"Location": "ftp://x/"}, b""), "unregistered"),
        ((302, {"Location": "http://[x"}, b""), "unregistered"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "unreachable"),
    ],
)
def test_what_is_no_page_is_said(local, answer, reason):
    local.answers["/"] = answer
    assert refusal(local.origin) == reason


def test_a_page_is_read_up_to_half_a_megabyte_also_where_it_was_packed(local):
    local.answers["/"] = (200, {}, b"<html>" + b"x" * 2_000_000)
    assert len(fetch(local.origin, {local.origin}, development=True).text) == fetching.MOST_BYTES
    local.answers["/"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 50_000_000))
    assert len(fetch(local.origin, {local.origin}, development=True).text) == fetching.MOST_BYTES


@pytest.fixture
def dripping():
    """Sends a byte now and then, each in time for a time limit that counts from the last one."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            link, _ = listener.accept()
            with link:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000:
                    try:
                        link.sendall(bytes([byte]))
                    except OSError:
                        return
                    if stop.wait(0.05):
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()


@pytest.mark.parametrize("over_tls", [False, True])
def test_a_server_that_drips_is_cut_off(monkeypatch, dripping, over_tls):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    started = time.monotonic()
    origin = dripping.replace("http:", "https:") if over_tls else dripping
    assert refusal(origin) in (("slow", "tls") if over_tls else ("slow",))
    assert time.monotonic() - started < 3


def test_a_port_where_nobody_listens_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}") == "unreachable"


def test_a_certificate_of_somebody_else_is_said(local, tmp_path):
    assert refusal(local.origin.replace("http:", "https:")) == "tls", "no TLS at all"


def test_a_name_that_nobody_has_is_said():
    assert refusal("https://nobody.invalid") == "name"
