"""`consent serve` as it is: gunicorn and a worker, forked from one process that has read the program."""

import os
import shutil
from contextlib import suppress

import pytest

from tests.platform import Platform


@pytest.fixture
def platform(tmp_path, migrated_sqlite):
    shutil.copy(migrated_sqlite, tmp_path / "consent.sqlite")
    platform = Platform(tmp_path)
    platform.start()
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
