"""The platform as its operator runs it: gunicorn in a process of its own, over real HTTP."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import yaml
from sqlalchemy import select

from consent import clock, sites
from consent.db import db, transact
from consent.factory import create_app
from consent.policies import publish
from consent.policies.document import read
from consent.records.models import record_table
from tests.conftest import SECRET, settings
from tests.people import example_policy


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """The platform under gunicorn, and a way to make sites on it. It can be stopped, killed and started again."""

    def __init__(self, folder, database_url=None):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{folder}/consent.sqlite"
        self.app = create_app(settings(self.database_url, folder, public_url=self.url))
        self.process = None

    @property
    def on_postgresql(self):
        return not self.app.extensions["consent.config"].on_sqlite

    def environment(self, **changes):
        return {
            **os.environ,
            "CONSENT_SECRET_KEYS": SECRET,
            "CONSENT_DATA_DIR": str(self.folder),
            "CONSENT_DATABASE_URL": self.database_url,
            "CONSENT_PUBLIC_URL": self.url,
            "CONSENT_RATE_LIMIT_RECORDS": "off",
            "CONSENT_LOG_LEVEL": "error",
            **changes,
        }

    def start(self, **changes):
        self.process = self.spawn(
            [sys.executable, "-m", "consent", "serve", "--bind", f"127.0.0.1:{self.port}"], **changes
        )
        self._wait()

    def spawn(self, command, **changes):
        """A process of the platform, in a session of its own."""
        with open(self.folder / "platform.log", "ab") as log:
            return subprocess.Popen(
                command, env=self.environment(**changes), stdout=log, stderr=log, start_new_session=True
            )

    def _wait(self):
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "platform.log").read_text())

    def stop(self, how=signal.SIGTERM):
        """Sends the signal to gunicorn and its workers and waits until they are gone."""
        os.killpg(self.process.pid, how)
        self.process.wait(timeout=30)

    def close(self):
        """Stops it for good and lets go of the tests' own connections to its database."""
        if self.process.poll() is None:
            self.stop()
        with self.app.app_context():
            db.engine.dispose()

    def make_site(self, origins, *, cookie_domain=None, **changes):
        """A site of its own with a policy: `changes` replace whole members of the example policy. Returns its key."""
        key = f"s{secrets.token_hex(6)}"
        with self.app.app_context():
            made = transact(
                lambda c: sites.create(
                    c, name=key, origins=origins, key=key, cookie_domain=cookie_domain, now=clock.now()
                )
            )
            self.publish(made.key, **changes)
        return key

    def publish(self, key, **changes):
        document = read(yaml.safe_dump({**yaml.safe_load(example_policy()), **changes}, allow_unicode=True).encode())
        with self.app.app_context():
            transact(
                lambda c: publish.publish(c, sites.find(c, key).id, document, now=clock.now(), published_by="tests")
            )

    def records(self, key):
        """The consent records of a site, as dictionaries, in the order of arrival."""
        with self.app.app_context():
            db.engine.dispose()  # connections from before a restart of the database are dead
        with self.app.app_context(), db.engine.connect() as connection:
            site = sites.find(connection, key)
            statement = select(record_table).where(record_table.c.site_id == site.id).order_by(record_table.c.id)
            return [dict(row._mapping) for row in connection.execute(statement)]


def started(folder, migrated_sqlite):
    """A platform of its own on SQLite: nobody has an account there, and there is no site."""
    shutil.copy(migrated_sqlite, folder / "consent.sqlite")
    platform = Platform(folder)
    platform.start()
    return platform
