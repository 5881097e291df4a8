"""An upgrade gives the records that are there their kinds, so that filters find them."""

import random

import flask_migrate
import pytest
from sqlalchemy import event, insert, select

from consent import schema
from consent.db import db, transact
from consent.records.kinds import kind_of
from consent.records.models import record_table
from tests.audit.test_explorer import row

BEFORE = "0010-1"


def go_back():
    """To the schema of the version before."""
    schema.upgrade()
    db.engine.dispose()
    flask_migrate.downgrade(revision=BEFORE)


@pytest.fixture
def old_records(site):
    """As the version before has left them."""
    chance = random.Random(5)
    made = [row(site.id, chance, number) for number in range(200)]
    transact(lambda connection: connection.execute(insert(record_table), made))
    go_back()
    return {each["record_id"]: kind_of(each) for each in made}


def revision():
    with db.engine.connect() as connection:
        return schema.revision(connection)


def kinds():
    with db.engine.connect() as connection:
        rows = connection.execute(select(record_table.c.record_id, record_table.c.kind))
        return {each.record_id: each.kind for each in rows}


def test_every_record_gets_the_kind_that_it_would_be_recorded_with(old_records):
    schema.upgrade()
    assert kinds() == old_records


def test_an_upgrade_that_fails_at_its_end_leaves_nothing_behind(site):
    def fail(_connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE alembic_version") and schema.newest() in statement:
            raise RuntimeError("out of space")

    go_back()
    before = revision()
    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(SystemExit):
            schema.upgrade()
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
    assert revision() == before != schema.newest()
    schema.upgrade()
    assert revision() == schema.newest()


def test_there_may_be_no_records(site):
    go_back()
    schema.upgrade()
    assert kinds() == {}
