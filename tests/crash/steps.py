"""Where a process can be killed: every step between reading and acknowledging, committing, signing.

The product has no hooks for this. A process of the tests (web.py, worker.py) wraps the functions named here before the
real program runs, and at the n-th pass of one of them it sends itself SIGKILL.
"""

import functools
import importlib
import os
import signal
import threading
from dataclasses import dataclass

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Step:
    """Before or after a call of `owner.name`; `owner` is a module or, after a colon, a class in it."""

    title: str
    owner: str
    name: str
    when: str


RECORD = (
    Step("record read, nothing written", "consent.records.views", "transact", BEFORE),
    Step("record and entry written, not committed", "consent.records.recording", "_append", AFTER),
    Step("record about to commit", "sqlalchemy.engine.default:DefaultDialect", "do_commit", BEFORE),
    Step("record committed", "sqlalchemy.engine.default:DefaultDialect", "do_commit", AFTER),
    Step("record committed, nothing promised", "consent.records.receipts", "receipt", BEFORE),
    Step("promise signed, not sent", "consent.records.receipts", "receipt", AFTER),
)
SEQUENCE = (
    Step("batch read", "consent.ledger.sequencer", "integrate", BEFORE),
    Step("indexes given", "consent.ledger.tiles", "store", BEFORE),
    Step("tiles stored", "consent.ledger.tiles", "store", AFTER),
    Step("head moved, not committed", "consent.ledger.sequencer", "integrate", AFTER),
    Step("batch about to commit", "sqlalchemy.engine.default:DefaultDialect", "do_commit", BEFORE),
    Step("batch committed", "consent.worker", "transact", AFTER),
)
PUBLISH = (
    Step("head read, guard not written", "consent.ledger.guard:Guard", "remember", BEFORE),
    Step("guard written aside", "os", "replace", BEFORE),
    Step("guard renamed, not flushed", "os", "replace", AFTER),
    Step("guard written, not signed", "consent.ledger.publisher", "sign", BEFORE),
    Step("signed, not stored", "consent.ledger.publisher", "sign", AFTER),
    Step("checkpoint stored, not committed", "consent.ledger.publisher", "_store", AFTER),
    Step("checkpoint committed", "consent.ledger.publisher", "transact", AFTER),
)
ANY_MOMENT = Step("any moment", "", "", "")
EVERY = {step.title: step for step in (*RECORD, *SEQUENCE, *PUBLISH, ANY_MOMENT)}


def die_at(step: Step, number: float, last_words) -> None:
    """Kills this process at the `number`-th pass of the step; at ANY_MOMENT, after so many seconds."""

    def die():
        last_words()
        os.kill(os.getpid(), signal.SIGKILL)

    if step is ANY_MOMENT:
        timer = threading.Timer(number, die)
        timer.daemon = True
        timer.start()
    else:
        wrap(step.owner, step.name, _deadly(step.when, int(number), die))


def _deadly(when, number, die):
    passes, lock = [0], threading.Lock()

    def count():
        with lock:
            passes[0] += 1
            if passes[0] == number:
                die()

    def around(function):
        @functools.wraps(function)
        def wrapped(*arguments, **named):
            if when == BEFORE:
                count()
            result = function(*arguments, **named)
            if when == AFTER:
                count()
            return result

        return wrapped

    return around


def wrap(owner, name, around):
    module, _, inner = owner.partition(":")
    found = importlib.import_module(module)
    found = getattr(found, inner) if inner else found
    setattr(found, name, around(getattr(found, name)))
