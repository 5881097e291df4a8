"""The auditor's bundle of a whole log: writing it in constant memory, and verifying it with every core there is."""

import sys
from collections.abc import Iterator

from benchmarks.export import timed
from benchmarks.inside import benchmark_site, inside
from benchmarks.ours import SITE_KEY, Ours
from benchmarks.report import Measure, at_most, compare
from benchmarks.stores import Location, Store
from consent.db import db
from consent.ledger import keys, logs


def measures(store: Store, location: Location, *, checked: bool) -> Iterator[Measure]:
    """`location` is a filled one whose log has a checkpoint. Raises RuntimeError unless the bundle holds."""
    bundle, log = location.folder / "bundle.zip", location.folder / "bundle.log"
    environment = Ours().environment(location)
    consent = [sys.executable, "-m", "consent"]
    selection = ["--site", SITE_KEY, "--since", "1970-01-01", "--reason", "benchmark", "--output", str(bundle)]
    seconds, megabytes = timed([*consent, "audit", "bundle", *selection], environment, log)
    yield compare(f"{store.name}: bundle, s", round(seconds, 1), None)
    yield compare(f"{store.name}: bundle, peak memory MB", round(megabytes), None, bar=at_most(150), checked=checked)
    yield compare(f"{store.name}: bundle, MB", round(bundle.stat().st_size / 1e6), None)
    seconds, _ = timed([*consent, "verify", str(bundle), "--key", _public_key(location)], environment, log)
    yield compare(f"{store.name}: bundle verified, s", round(seconds, 1), None, bar=at_most(12), checked=checked)


def _public_key(location: Location) -> str:
    with inside(location), db.engine.connect() as connection:
        origin = logs.active(connection, benchmark_site().id).origin
        vkey: str = keys.public_keys(connection, origin)[-1].vkey
        return vkey
