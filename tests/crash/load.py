"""Visitors who send one decision after another, and each one until it is acknowledged, as the banner's outbox does."""

import http.client
import json
import random
import threading
import time

from consent import sites
from consent.db import db
from tests.people import ORIGIN, Visitor

REPEATED = 0.1  # the share of acknowledged records that is sent once more
ANEW = 0.1  # of the visits begin with a new connection: with the old ones alone, one web process could get all of them
PAUSE_S = 0.004


class Load:
    """`receipts`: what was acknowledged, by record id. `changed`: repeats whose promise was another one."""

    def __init__(self, platform, key, visitors=6):
        self._port, self._key = platform.port, key
        self._stop = threading.Event()
        self.receipts, self.changed = {}, []
        with platform.app.app_context():
            with db.engine.connect() as connection:
                self._visitor = Visitor(None, sites.find(connection, key))
            db.engine.dispose()
        self._threads = [threading.Thread(target=self._visit, args=(seed,)) for seed in range(visitors)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, seed):
        chance = random.Random(seed)
        line = Line(self._port, f"/api/v1/sites/{self._key}/records")
        while not self._stop.is_set():
            body = self._visitor.body(chance.choice(("accept_all", "reject_all", "withdraw")))
            self._until_acknowledged(line, body)
            if chance.random() < REPEATED:
                self._until_acknowledged(line, body)
            if chance.random() < ANEW:
                line.close()
            time.sleep(PAUSE_S)
        line.close()

    def _until_acknowledged(self, line, body):
        while not self._stop.is_set():
            answer = line.post(json.dumps(body))
            if answer is None:
                time.sleep(0.02)
                continue
            receipt = self.receipts.setdefault(body["record_id"], answer["receipt"])
            if receipt["promise"] != answer["receipt"]["promise"]:
                self.changed.append(body["record_id"])
            return


class Line:
    """A connection that is opened again when the server died at its other end."""

    def __init__(self, port, path):
        self._path = path
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def post(self, body):
        """What the server acknowledged; None where it did not, for whatever reason."""
        try:
            self._connection.request("POST", self._path, body, {"Origin": ORIGIN})
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return json.loads(text) if answer.status == 201 else None

    def close(self):
        self._connection.close()
