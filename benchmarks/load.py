"""The load: a fixed number of keep-alive connections, each sending the next request when the last one is answered.

Raw sockets under one selector, because at a few thousand requests a second a client library would be the bottleneck.
`python -m benchmarks.load` measures the generator alone against a responder that does nothing.
"""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

PATIENCE_SECONDS = 60


@dataclass
class Outcome:
    """What came back. `acknowledged` counts every 2xx, warm-up included; the times are those of the measured part."""

    acknowledged: int = 0
    failed: int = 0
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    first_failure: str = ""

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Connection:
    """One keep-alive connection; opened again when the server closed it between two requests."""

    def __init__(self, port: int, selector: selectors.BaseSelector):
        self._port, self._selector = port, selector
        self._received, self.sent_at = b"", 0.0
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()

    def reopen(self) -> None:
        self.close()
        self._open()

    def send(self, request: bytes) -> None:
        self._received = b""
        self.sent_at = time.perf_counter()
        self._socket.sendall(request)

    def answer(self) -> bytes | None:
        """The whole answer, None while a part of it is missing; b"" when the server hung up."""
        try:
            chunk = self._socket.recv(65536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return b""
        self._received += chunk
        head, separator, body = self._received.partition(b"\r\n\r\n")
        return self._received if separator and _complete(head.lower(), body) else None


def _complete(head: bytes, body: bytes) -> bool:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if found:
        return len(body) >= int(rest.split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n") if b"chunked" in head else True


def _note(outcome: Outcome, answer: bytes, duration: float, *, measured: bool) -> None:
    if answer[9:10] != b"2":
        outcome.failed += 1
        outcome.first_failure = outcome.first_failure or answer.decode("utf-8", "replace")[:600] or "connection closed"
        return
    outcome.acknowledged += 1
    if measured:
        outcome.times.append(duration)


def drive(
    port: int, requests: Iterator[bytes], *, connections: int = 16, warm_up: float = 2, seconds: float = 8
) -> Outcome:
    """Sends for `warm_up` and then `seconds`, waits for what is under way, and counts every answer."""
    outcome, selector = Outcome(seconds=seconds), selectors.DefaultSelector()
    # The first request may be made of what the server says, and a server that listens may be seconds from answering.
    first = [next(requests) for _ in range(connections)]
    start = time.perf_counter() + warm_up
    end = start + seconds
    for request in first:
        Connection(port, selector).send(request)
    while selector.get_map():
        ready = selector.select(timeout=PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer within {PATIENCE_SECONDS} s")
        for key, _ in ready:
            answer = key.data.answer()
            if answer is not None:
                now = time.perf_counter()
                measured = start <= key.data.sent_at and now <= end
                _note(outcome, answer, now - key.data.sent_at, measured=measured)
                _go_on(key.data, answer, next(requests) if now < end else None)
    return outcome


def _go_on(connection: Connection, answer: bytes, request: bytes | None) -> None:
    if request is None:
        connection.close()
        return
    if not answer or b"\r\nconnection: close" in answer[:512].lower():
        connection.reopen()
    connection.send(request)


def main() -> None:
    from benchmarks.responder import nothing_served

    body = b"x" * 700
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with nothing_served() as port:
        outcome = drive(port, iter(lambda: request, None), seconds=4)
    print(f"{outcome.rate:,.0f} requests/s, p99 {outcome.percentile_ms(0.99):.2f} ms, {outcome.failed} failed")


if __name__ == "__main__":
    main()
