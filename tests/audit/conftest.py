"""Bundles of a real log, and ways to spoil them."""

import shutil
from datetime import UTC, datetime

import pytest

from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.audit.bundle.build import build
from consent.db import db
from consent.worker import publish, sequence

EVER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def settle():
    """What the worker does: every pending entry gets its index, and the new head its checkpoint."""
    while sequence():
        pass
    publish()


def plans_of(site, *, since=EVER[0], until=EVER[1], mode="full", reason="yearly audit", by="Auditor"):
    with db.engine.connect() as connection:
        found = ranges.covering(connection, site.id, since, until)
    given = {"site_key": site.key, "since": since, "until": until, "mode": mode, "reason": reason, "by": by}
    return [plans.of_range(each, **given) for each in found]


@pytest.fixture
def bundle_of(site, tmp_path):
    """Settles the log and builds the bundle of its last epoch: bundle_of(mode="no-subject")."""

    def make(name="bundle.zip", **asked):
        settle()
        plan = plans_of(site, **asked)[-1]
        build(plan, tmp_path / name, tmp_path / "work", lambda done, total: None)
        shutil.rmtree(tmp_path / "work")
        return tmp_path / name

    return make
