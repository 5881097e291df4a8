"""A server that does nothing, to see how fast the load generator is by itself."""

import os
import selectors
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import free_port, pin_this_process_to_the_load_core, running

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def nothing_served() -> Iterator[int]:
    port = free_port()
    pin_this_process_to_the_load_core()
    command = [sys.executable, "-m", "benchmarks.responder", str(port)]
    with running(command, port=port, environment={}, log=Path(os.devnull)):
        yield port


def serve(port: int) -> None:
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    selector.register(listener, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            connection: socket.socket | None = key.data
            if connection is None:
                accepted = listener.accept()[0]
                selector.register(accepted, selectors.EVENT_READ, accepted)
            elif connection.recv(65536):
                connection.sendall(ANSWER)
            else:
                selector.unregister(connection)
                connection.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
