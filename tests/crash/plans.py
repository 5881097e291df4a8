"""Deaths to come, in a folder that outlives those who die: each process takes the next one for its role, once."""

import functools
import json
import os
import random
from collections import Counter
from pathlib import Path

from tests.crash.steps import ANY_MOMENT, EVERY, RECORD, die_at, wrap

FOLDER = "CRASH_FOLDER"


class Plans:
    def __init__(self, folder: Path):
        self._folder = folder
        for name in ("web", "worker"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("deaths", "signed"):
            (folder / name).touch()

    def add(self, role, title, number):
        """To die at the `number`-th pass of the step. Plans are taken in the order in which they were added."""
        place = self._folder / role
        (place / f"{len(list(place.iterdir())):04}").write_text(json.dumps({"step": title, "number": number}))

    def add_many(self, role, titles, chance: random.Random):
        for title in titles:
            self.add(role, title, _number(EVERY[title], chance))

    def take(self, role):
        """The next plan for this process; None where none is left."""
        for path in sorted((self._folder / role).iterdir()):
            try:
                path.rename(self._folder / f"taken-{role}-{path.name}")
            except FileNotFoundError:
                continue  # another process took it
            return json.loads((self._folder / f"taken-{role}-{path.name}").read_text())
        return None

    def note(self, name, line):
        """One write to the end of a file: it is there when the process is dead."""
        descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_APPEND)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)

    def deaths(self):
        return Counter((self._folder / "deaths").read_text().splitlines())

    def signed(self):
        """Every note that was ever signed, whether it reached the database or not."""
        return [json.loads(line) for line in (self._folder / "signed").read_text().splitlines()]


def _number(step, chance):
    if step is ANY_MOMENT:
        return round(chance.uniform(0.05, 1.5), 3)
    return chance.randint(1, 40 if step in RECORD else 4)


def arm(role):
    """In the process that will die, before its program runs."""
    plans = Plans(Path(os.environ[FOLDER]))
    wrap("consent.ledger.publisher", "sign", functools.partial(_told, plans))
    plan = plans.take(role)
    if plan:
        title = plan["step"]
        die_at(EVERY[title], plan["number"], lambda: plans.note("deaths", title))


def _told(plans, sign):
    """A signature counts from the moment it exists: nobody can say that it was not seen."""

    def signed(checkpoint, signer):
        note = sign(checkpoint, signer)
        plans.note("signed", json.dumps(note))
        return note

    return signed
