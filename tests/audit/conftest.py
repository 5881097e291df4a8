"""Bundles of a real log, and ways to spoil them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from consent import clock, sites
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.audit.bundle.build import build
from consent.db import db, transact
from consent.factory import create_app
from consent.ledger import keys
from consent.policies import publish as policies
from consent.policies.document import read
from consent.records import recording
from consent.records.lookup import read_rules
from consent.records.schemas import record_schema
from consent.signing import new_visitor_id
from consent.worker import publish, sequence
from tests.audit.forging import members_of
from tests.conftest import ORIGIN, settings
from tests.people import Visitor, example_policy


class Thousand(NamedTuple):
    members: dict
    vkey: str
    path: Path


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


def _record(visitor, number):
    """Stores a decision by the way of the view, without the request around it."""
    decision = ("accept_all", "reject_all", "custom", "withdraw")[number % 4]
    path = f"/p/{number}" + '"' * (number % 10 == 0)  # an escape now and then
    body = visitor.body(decision, granted=["ga4"] if decision == "custom" else None, page_path=path)
    rules = visitor.rules
    kept = {"gpc": number % 7 == 0, "ip_prefix": "203.0.113.0/24", "browser_family": "safari", "device_class": "phone"}
    sent = record_schema.load(body)
    row = recording.row_of(sent, site_id=visitor.site.id, visitor_id=new_visitor_id(), rules=rules, now=clock.now())
    return recording.unit({**row, **kept}, site=visitor.site, material_since=1, new_visitor=True)


@pytest.fixture(scope="session")
def thousand(migrated_sqlite, tmp_path_factory):
    """The files of a bundle of 1,000 records and of the publication before them, by name; and the key to pin."""
    folder = tmp_path_factory.mktemp("thousand")
    shutil.copy(migrated_sqlite, folder / "consent.sqlite")
    app = create_app(settings(f"sqlite:///{folder}/consent.sqlite", folder))
    with app.app_context():
        site = transact(_site)
        visitor = Visitor(app.test_client(), site)
        with db.engine.connect() as connection:
            visitor.rules = read_rules(connection, site.id, visitor.version)
        units = [_record(visitor, number) for number in range(1_000)]
        transact(lambda connection: [unit(connection) for unit in units] and None)
        settle()
        build(plans_of(site)[0], folder / "bundle.zip", folder / "work", lambda done, total: None)
        with db.engine.connect() as connection:
            vkey = keys.newest(connection, site.log_origin).vkey
        db.engine.dispose()
    return Thousand(members_of(folder / "bundle.zip"), vkey, folder / "bundle.zip")


def _site(connection):
    made = sites.create(connection, name="Example", origins=[ORIGIN], key="example", now=clock.now())
    policies.publish(connection, made.id, read(example_policy()), now=clock.now(), published_by="tests")
    return made
