"""`consent worker` as a process, while one of its jobs takes as long as it likes."""

import os
import subprocess
import sys
import time

import pytest

from consent import clock, jobs
from consent.db import db, transact
from tests.conftest import SECRET

# The job of this worker ends when the test says so, and tells which priority it ran with.
COMMAND = """
import os, sys, time
from pathlib import Path
from consent import worker
from consent.cli import main

def work(job, report):
    report(1, 2)
    while not Path(sys.argv[1]).exists():
        time.sleep(0.02)
    return {"nice": os.nice(0)}

worker.KINDS["sample"] = work
main(["worker"])
"""


@pytest.fixture
def job(app, database_url, tmp_path):
    """A worker that is in the middle of a job, and `job.end()`."""
    made = transact(lambda c: jobs.enqueue(c, "sample", key="one", site_id=1, arguments={}, now=clock.now()))
    environment = {
        **os.environ,
        "CONSENT_SECRET_KEYS": SECRET,
        "CONSENT_DATABASE_URL": database_url,
        "CONSENT_DATA_DIR": str(tmp_path),
        "CONSENT_PUBLIC_URL": "https://consent.example.net",
        "CONSENT_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, "-c", COMMAND, str(tmp_path / "end")], env=environment)
    yield Running(made.id, tmp_path / "end")
    process.kill()
    process.wait()


class Running:
    def __init__(self, job_id, sign):
        self._id, self._sign = job_id, sign
        wait(lambda: self.look().done == 1)

    def look(self):
        with db.engine.connect() as connection:
            return jobs.find(connection, self._id)

    def end(self):
        self._sign.touch()
        wait(lambda: self.look().state == "done")
        return self.look()


def wait(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_log_goes_on_while_a_job_takes_long(log, job):
    log.append(3)
    wait(lambda: log.pending() == 0 and log.last_checkpoint().size == log.head.size)
    assert job.look().state == "running"


def test_who_sequences_nothing_gives_way_to_the_web_process(app, job):
    on_sqlite = app.extensions["consent.config"].on_sqlite
    assert job.end().result == {"nice": 15 if on_sqlite else 0}
