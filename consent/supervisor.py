"""`consent serve` is two processes: the web server and the worker. This keeps them together.

The web server decides: when it ends, so does everything. A worker that dies is started again, after a growing pause.
"""

import signal
import subprocess
import time
from types import FrameType

import structlog

LONGEST_PAUSE_S = 30.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)

log = structlog.get_logger("supervisor")


class Supervisor:
    def __init__(self, web: list[str], worker: list[str]):
        self._worker_command = worker
        self._web = subprocess.Popen(web)  # noqa: S603 (our own program)
        self._worker = self._start_worker()
        self._pause_s = 1.0
        self._ending = False

    def _start_worker(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        return subprocess.Popen(self._worker_command)  # noqa: S603

    def run(self) -> int:
        """The exit code of the web server."""
        for number in _PASSED_ON:
            signal.signal(number, self._pass_on)
        while True:
            try:
                code = self._web.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                self._look_after_the_worker()
        self._worker.terminate()
        self._worker.wait()
        return code

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._ending = number != signal.SIGHUP  # that one reloads
        self._web.send_signal(number)

    def _look_after_the_worker(self) -> None:
        if self._ending or self._worker.poll() is None:
            return
        lived = time.monotonic() - self._started
        if lived < self._pause_s:
            return
        self._pause_s = 1.0 if lived > LONGEST_PAUSE_S else min(2 * self._pause_s, LONGEST_PAUSE_S)
        log.error("worker_died", code=self._worker.returncode)
        self._worker = self._start_worker()
