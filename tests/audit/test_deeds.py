"""What users do to a site is part of its evidence."""

from consent import clock
from consent.accounts import deeds, users
from consent.audit.verify.report import HOLDS
from consent.audit.verify.verdict import verify
from consent.db import db, transact
from consent.merkle.entry import Kind
from tests.audit.test_bundle import lines_of


def test_a_deed_is_an_entry_of_the_log_whose_author_can_be_erased_and_the_bundle_holds(visitor, site, bundle_of):
    def unit(connection):
        made = users.create(connection, email="anna@example.com", name="Anna", password_hash="x", now=clock.now())
        deeds.note(connection, made, "origins_changed", clock.now(), site_id=site.id, origins=["https://a.example"])
        return made

    transact(unit)
    path = bundle_of()
    (line,) = [line for line in lines_of(path) if line["kind"] == Kind.DEED]
    assert line["evidence"]["what"] == "origins_changed"
    assert line["evidence"]["details"] == {"origins": ["https://a.example"]}
    assert line["subject"] == {"by": "anna@example.com"}
    assert "anna" not in str(line["evidence"])
    assert {check.status for check in verify(path).checks if check.name in ("records", "root", "csv")} == {HOLDS}


def test_a_deed_that_concerns_no_site_is_in_no_log(app, site):
    def unit(connection):
        made = users.create(connection, email="anna@example.com", name="Anna", password_hash="x", now=clock.now())
        deeds.note(connection, made, "password_changed", clock.now())

    transact(unit)
    with db.engine.connect() as connection:
        assert deeds.of_site(connection, site.id) == ([], False)
