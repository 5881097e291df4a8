"""python -m tests.crash.worker: the real loop of the worker in a process that will be killed.

It sequences on SQLite too, beside the web process: wrongly configured, and it has to stay correct.
`--sign-before-commit` makes it the negative control: what a worker must never do, to see that the verdict catches it.
"""

import functools
import sys

from consent import loop, worker
from consent.factory import create_app
from consent.ledger import publisher
from consent.ledger.keys import derive
from consent.ledger.tiles import root_at
from consent.merkle.checkpoint import Checkpoint
from tests.conftest import SECRET
from tests.crash.plans import arm
from tests.crash.steps import wrap


def _signing(integrate):
    @functools.wraps(integrate)
    def integrate_and_sign(connection, log, rows, now_ms):
        integrate(connection, log, rows, now_ms)
        size = log.size + len(rows)
        root = root_at(connection, log.log_id, size)
        publisher.sign(Checkpoint(log.origin, size, root), derive(SECRET, log.origin, 1))

    return integrate_and_sign


def main():
    if "--sign-before-commit" in sys.argv:
        wrap("consent.ledger.sequencer", "integrate", _signing)
    arm("worker")
    loop.PAUSE_S = 0.05
    loop.Loop(create_app(), [worker.sequence, worker.publish], name="crash").run()


if __name__ == "__main__":
    main()
