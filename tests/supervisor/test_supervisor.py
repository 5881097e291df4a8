"""`consent serve` keeps two processes together. Here real ones, that note when they start and end."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest

from consent import supervisor

SERVE = """
import os, signal, sys, time
from consent.supervisor import Supervisor

def living(name, code):
    def note(what):
        with open({notes!r}, "a") as notes:
            notes.write(f"{{name}} {{what}}\\n")
    def end(*_):
        note("ends")
        sys.exit(code)
    def live():
        signal.signal(signal.SIGTERM, end)
        note(os.getpid())
        time.sleep(60)
    return live

sys.exit(Supervisor(living("web", 3), living("worker", 0)).run())
"""


class Served:
    def __init__(self, folder):
        self._notes = folder / "notes"
        self._notes.touch()
        self.process = subprocess.Popen([sys.executable, "-c", SERVE.format(notes=str(self._notes))])

    def pids(self, name):
        words = [line.split() for line in self._notes.read_text().splitlines()]
        return [int(what) for who, what in words if who == name and what != "ends"]

    def ended(self, name):
        return f"{name} ends" in self._notes.read_text()

    def wait(self, holds):
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, self._notes.read_text()
            time.sleep(0.05)


@pytest.fixture
def served(tmp_path):
    made = Served(tmp_path)
    made.wait(lambda: made.pids("web") and made.pids("worker"))
    yield made
    for name in ("web", "worker"):
        for pid in made.pids(name):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
    made.process.kill()
    made.process.wait()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_dies_is_started_again(served):
    os.kill(served.pids("worker")[0], signal.SIGKILL)
    served.wait(lambda: len(served.pids("worker")) == 2)
    assert len(served.pids("web")) == 1
    assert served.process.poll() is None


def test_a_worker_that_was_started_again_takes_signals_for_itself_alone(served):
    """It is forked from a process that passes them on."""
    os.kill(served.pids("worker")[0], signal.SIGKILL)
    served.wait(lambda: len(served.pids("worker")) == 2)
    os.kill(served.pids("worker")[1], signal.SIGQUIT)
    served.wait(lambda: len(served.pids("worker")) == 3)
    assert alive(served.pids("web")[0])
    assert served.process.poll() is None


def test_told_to_stop_it_ends_both_and_returns_the_web_servers_code(served):
    served.process.terminate()
    assert served.process.wait(timeout=30) == 3
    assert served.ended("web")
    assert served.ended("worker")


def test_when_the_web_server_dies_everything_ends(served):
    os.kill(served.pids("web")[0], signal.SIGKILL)
    assert served.process.wait(timeout=30) != 0
    assert served.ended("worker")
    assert not alive(served.pids("worker")[0])


def test_who_is_born_after_the_supervisor_has_died_does_nothing():
    """It was killed between the fork and the request to be told of that."""
    born = multiprocessing.get_context("fork").Process(target=supervisor._by_itself, args=(lambda: None, os.getppid()))
    born.start()
    born.join()
    assert born.exitcode == 1
