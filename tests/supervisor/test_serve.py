"""`consent serve` as it is: gunicorn and a worker, forked from one process that has read the program."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest

from tests.platform import started


@pytest.fixture
def platform(tmp_path, migrated_sqlite):
    platform = started(tmp_path, migrated_sqlite)
    yield platform
    platform.close()


def processes_of(session):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(ProcessLookupError):
            if os.getsid(int(pid)) == session:
                yield pid


def memory_kb(pid):
    """What is in memory of a process, and its part of that where each page is divided by those who have it."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        read = {line.partition(":")[0]: line.split()[1] for line in lines}
    return int(read["Rss"]), int(read["Pss"])


def test_the_processes_share_what_they_have_read(platform):
    """Each of them for itself, four fifths would be its own; a new worker would read for seconds."""
    pids = list(processes_of(platform.process.pid))
    assert len(pids) == 4, "supervisor, gunicorn, its one web process, worker"
    resident, own = (sum(each) for each in zip(*map(memory_kb, pids), strict=True))
    assert own < 0.6 * resident


def test_reading_the_program_starts_no_thread():
    """It would not come along into the processes that are forked."""
    count = "import threading, consent.factory, consent.worker; print(threading.active_count())"
    counted = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    assert counted.stdout == "1\n"


def test_hangup_replaces_the_web_process_and_nothing_else(platform):
    before = set(processes_of(platform.process.pid))
    platform.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 30
    while len(after := set(processes_of(platform.process.pid))) != 4 or after == before:
        assert time.monotonic() < deadline, (before, after)
        time.sleep(0.05)
    assert len(before & after) == 3, "supervisor, gunicorn and worker are the same"
    with urllib.request.urlopen(f"{platform.url}/readyz", timeout=20) as answer:
        assert answer.status == 200


def test_who_kills_the_supervisor_outright_leaves_nothing_running(platform):
    session = platform.process.pid
    assert len(list(processes_of(session))) == 4
    platform.process.kill()
    platform.process.wait()
    deadline = time.monotonic() + 30
    while left := list(processes_of(session)):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
