"""The loop of a process: its tasks in turn, some of them seldom, and what goes on for days said seldom too."""

import threading
import time
from collections.abc import Callable

import structlog
from cachetools import TTLCache
from flask import Flask

from consent.db import OUTAGES
from consent.errors import DatabaseUnavailable
from consent.metrics import BEAT

PAUSE_S = 1.0
AGAIN_S = 3_600

log = structlog.get_logger("loop")

Task = Callable[[], bool]  # True: there is more to do at once


class Seldom:
    """A task that is done at most once in so many seconds, however often its turn comes."""

    def __init__(self, task: Task, seconds: float):
        self._task = task
        self._seconds = seconds
        self._next = 0.0

    def __call__(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + self._seconds
        return self._task()


class Loop:
    """Runs the tasks in turn until it is told to stop; a database that is away is waited for.

    `gives_way`: where there is more to do at once, others have so many times as long as the turn took.
    """

    def __init__(self, app: Flask, tasks: list[Task], *, name: str, gives_way: int = 0):
        self._app = app
        self._tasks = tasks
        self._name = name
        self._gives_way = gives_way
        self.stopping = threading.Event()

    def run(self) -> None:
        with self._app.app_context():
            while not self.stopping.is_set():
                begun = time.monotonic()
                more = self._turn()
                took_s = time.monotonic() - begun
                self.stopping.wait(min(self._gives_way * took_s, PAUSE_S) if more else PAUSE_S)

    def _turn(self) -> bool:
        BEAT.labels(self._name).set(time.time())
        more = [self._run(task) for task in self._tasks]  # each of them, whatever becomes of the others
        return any(more)

    def _run(self, task: Task) -> bool:
        try:
            return task()
        except (*OUTAGES, DatabaseUnavailable) as error:
            log.warning("database_unavailable", error=type(error).__name__)
        except Exception:
            log.exception("failed")  # the next turn tries again: a log that stands still would break its promises
        return False


class News:
    """What goes on for days is said when it begins, and then once an hour."""

    def __init__(self) -> None:
        self._said: TTLCache[tuple[int, str], bool] = TTLCache(maxsize=4096, ttl=AGAIN_S)

    def is_news(self, site_id: int, code: str) -> bool:
        known = (site_id, code) in self._said
        self._said.setdefault((site_id, code), True)
        return not known
