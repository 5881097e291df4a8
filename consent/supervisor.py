"""`consent serve` is two processes: the web server and the worker. This keeps them together.

The web server decides: when it ends, so does everything. A worker that dies is started again, after a growing pause.
Both are forked from this process: what it has read of the program they share, and need not read again.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkProcess
from types import FrameType

import structlog

LONGEST_PAUSE_S = 30.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1  # prctl(2): the signal that comes when the parent has died
_FORK = multiprocessing.get_context("fork")

log = structlog.get_logger("supervisor")


class Supervisor:
    """`web` and `worker` run each in a process of its own. There must be no other thread: it would not come along."""

    def __init__(self, web: Callable[[], object], worker: Callable[[], object]):
        self._run_worker = worker
        self._web = _started(web)
        self._worker = self._start_worker()
        self._pause_s = 1.0
        self._ending = False

    def _start_worker(self) -> ForkProcess:
        self._began = time.monotonic()
        return _started(self._run_worker)

    def run(self) -> int:
        """The exit code of the web server."""
        for number in _PASSED_ON:
            signal.signal(number, self._pass_on)
        while self._web.exitcode is None:
            self._web.join(timeout=0.5)
            self._look_after_the_worker()
        self._worker.terminate()
        self._worker.join()
        return self._web.exitcode

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._ending = number != signal.SIGHUP  # that one reloads
        if self._web.pid is not None and self._web.exitcode is None:
            with suppress(ProcessLookupError):  # it may have ended just now
                os.kill(self._web.pid, number)

    def _look_after_the_worker(self) -> None:
        if self._ending or self._web.exitcode is not None or self._worker.exitcode is None:
            return
        lived = time.monotonic() - self._began
        if lived < self._pause_s:
            return
        self._pause_s = 1.0 if lived > LONGEST_PAUSE_S else min(2 * self._pause_s, LONGEST_PAUSE_S)
        log.error("worker_died", code=self._worker.exitcode)
        self._worker = self._start_worker()


def _started(run: Callable[[], object]) -> ForkProcess:
    """A signal waits until the new process no longer takes itself for the supervisor."""
    process = _FORK.Process(target=_by_itself, args=(run, os.getpid()))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def _by_itself(run: Callable[[], object], supervisor: int) -> None:
    for number in _PASSED_ON:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    _end_with(supervisor)
    run()


def _end_with(supervisor: int) -> None:
    """Nobody would look after the process any more, and on SQLite a second start would write beside it. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:  # it was gone before it could be asked for
        sys.exit(1)
