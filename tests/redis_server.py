"""A Redis server of the tests' own, with a password; it can be stopped, started again, and held in mid-air."""

import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

import redis

from tests.platform import free_port

PASSWORD = "of-the-tests"


class Server:
    def __init__(self):
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        binary = shutil.which("redis-server")
        if binary is None:
            raise RuntimeError("redis-server is not installed; tools/system-packages installs it")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        self.process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        self._wait()

    def _wait(self):
        with redis.from_url(self.url) as client:
            for _ in range(100):
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    time.sleep(0.1)
        raise RuntimeError("redis-server does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)

    @contextmanager
    def held(self):
        """It takes connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def running_redis():
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
