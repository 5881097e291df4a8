"""The platform's own code on a location, in this process: for what has no command of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.ours import SITE_KEY, Ours
from benchmarks.processes import CAN_PIN, CORES, SERVER_CORE
from benchmarks.stores import Location
from consent import config, sites
from consent.db import db
from consent.factory import create_app
from consent.sites import Site


@contextmanager
def inside(location: Location) -> Iterator[None]:
    """Within the application and on the server's core."""
    if CAN_PIN:
        os.sched_setaffinity(0, {int(SERVER_CORE)})
    with create_app(config.load(Ours().environment(location))).app_context():
        try:
            yield
        finally:
            db.engine.dispose()
            if CAN_PIN:
                os.sched_setaffinity(0, CORES)


def benchmark_site() -> Site:
    with db.engine.connect() as connection:
        return sites.find(connection, SITE_KEY)
