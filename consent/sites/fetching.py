"""Fetching a page of a site: the one request of this server whose address a user has chosen (OWASP: SSRF).

So it goes to the registered origins alone, to an address that was looked at first and is then the one connected to (a
name that resolves differently a moment later leads nowhere else), never into private networks, and ends by itself.
"""

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urljoin, urlsplit

from consent.errors import ConsentError
from consent.sites.values import SiteInvalid, normal_origin

SECONDS = 5
MOST_BYTES = 512 * 1024
MOST_REDIRECTS = 3
AGENT = "Consent (looks whether its script is installed)"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = (301, 302, 303, 307, 308)


class PageNotFetched(ConsentError):
    """`reason` is for whoever says it in another language; `value` is what it is about."""

    status = 502
    code = "page_not_fetched"

    def __init__(self, reason: str, value: object = "") -> None:
        super().__init__(f"The page could not be fetched: {reason} {value}".strip())
        self.reason, self.value = reason, str(value)[:200]


@dataclass(frozen=True)
class Page:
    """`address`: where it came from in the end."""

    address: str
    text: str


def fetch(origin: str, registered: Collection[str], *, development: bool, path: str = "/") -> Page:
    """A page of a registered origin. Redirects lead to registered origins only.

    `development`: an origin that is itself a loopback address may be fetched. Raises PageNotFetched.
    """
    address, ends = f"{origin}{path}", time.monotonic() + SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        _check_registered(address, registered)
        answer = _get(urlsplit(address), ends, development=development)
        if isinstance(answer, Page):
            return answer
        address = _led_to(address, answer)
    raise PageNotFetched("redirects", MOST_REDIRECTS)


def _led_to(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:  # brackets that hold no IPv6 address
        raise PageNotFetched("unregistered", location) from None


def _check_registered(address: str, registered: Collection[str]) -> None:
    parts = urlsplit(address)
    try:
        origin = normal_origin(f"{parts.scheme}://{parts.netloc}")
    except SiteInvalid:
        raise PageNotFetched("unregistered", address) from None
    if origin not in registered:
        raise PageNotFetched("unregistered", origin)


def _get(parts: SplitResult, ends: float, *, development: bool) -> Page | str:
    """The page, or the address that it redirects to."""
    host = parts.hostname or ""
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        with _connected(_addresses(host, port, development=development), port, ends) as plain:
            link = _over_tls(plain, host) if parts.scheme == "https" else plain
            answer = _ask(link, parts)
    except ssl.SSLError:
        raise PageNotFetched("tls", host) from None
    except (OSError, HTTPException, zlib.error):
        raise PageNotFetched("slow" if time.monotonic() >= ends else "unreachable", host) from None
    if time.monotonic() >= ends:  # it was cut: what came is not all of it
        raise PageNotFetched("slow", host)
    return answer


def _addresses(host: str, port: int, *, development: bool) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PageNotFetched("name", host) from None
    addresses = [str(each[4][0]) for each in found]
    if not all(_may_connect(each, host, development=development) for each in addresses):
        raise PageNotFetched("private", host)
    return addresses


def _may_connect(address: str, host: str, *, development: bool) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if development and host in _LOOPBACK:
        return ip.is_loopback
    return ip.is_global and not ip.is_multicast and not _hides_another(ip)


def _hides_another(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Forms of IPv6 that a gateway may lead on to an IPv4 address."""
    return isinstance(ip, ipaddress.IPv6Address) and bool(ip.sixtofour or ip.teredo or ip in _NAT64)


@contextmanager
def _connected(addresses: list[str], port: int, ends: float) -> Iterator[socket.socket]:
    """A connection that is cut when the time is over, whatever the other side sends, and however slowly."""
    link = _connect(addresses, port, ends)
    # Its own handle: TLS takes the first one away from us.
    spare = link.dup()
    clock = threading.Timer(max(ends - time.monotonic(), 0), _cut, [spare])
    clock.start()
    try:
        yield link
    finally:
        clock.cancel()
        spare.close()
        link.close()


def _connect(addresses: list[str], port: int, ends: float) -> socket.socket:
    """Raises OSError where none of them answers in time."""
    failure: OSError = TimeoutError()
    for address in addresses:
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            failure = error
    raise failure


def _cut(link: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        link.shutdown(socket.SHUT_RDWR)


def _over_tls(plain: socket.socket, host: str) -> socket.socket:
    """Raises ssl.SSLError, also for a certificate of somebody else."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _ask(link: socket.socket, parts: SplitResult) -> Page | str:
    asking = HTTPConnection(parts.hostname or "")
    asking.sock = link
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    headers = {"Host": parts.netloc, "User-Agent": AGENT, "Accept": "text/html", "Accept-Encoding": "identity"}
    try:
        asking.request("GET", target, headers={**headers, "Connection": "close"})
        with asking.getresponse() as answer:
            if answer.status in _REDIRECTS:
                return answer.getheader("Location", "")
            return Page(parts.geturl(), _text(answer))
    finally:
        asking.close()


def _text(answer: HTTPResponse) -> str:
    if answer.status != 200:
        raise PageNotFetched("status", answer.status)
    if "html" not in answer.getheader("Content-Type", "").lower():
        raise PageNotFetched("no_page")
    body = answer.read(MOST_BYTES)
    if answer.getheader("Content-Encoding", "identity").lower() == "gzip":  # though it was asked not to
        body = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    # Whatever it is written in, the tags that are looked for are ASCII.
    return body.decode("utf-8", "replace")
