"""No promise is given that could not be kept: where the log is too far behind, nothing is stored."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from consent import clock
from consent.ledger.ledger import ledger
from consent.ledger.models import entry_table
from consent.records.models import record_table


@pytest.fixture
def behind(visitor, log):
    """A record was taken, and nobody has sequenced since. `behind(minutes)` is a visitor who comes so much later."""
    assert visitor.decide().status_code == 201

    def come(minutes):
        ledger().pressure.oldest_ms.cache.clear()
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=True):
            return visitor.decide()

    return come


def counted(log, table):
    return log.read(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar())


def test_a_log_behind_by_half_its_merge_delay_takes_nothing_new(behind, log):
    before = [counted(log, table) for table in (record_table, entry_table)]
    answer = behind(31)
    assert (answer.status_code, answer.json["code"]) == (503, "log_behind")
    assert int(answer.headers["Retry-After"]) > 0
    assert [counted(log, table) for table in (record_table, entry_table)] == before


def test_a_log_behind_by_less_takes_records(behind):
    assert behind(29).status_code == 201


def test_when_it_has_caught_up_it_takes_records_again(behind, log):
    assert behind(31).status_code == 503
    log.sequence()
    assert behind(31).status_code == 201


def test_what_is_in_quarantine_holds_nobody_up(behind, log):
    log.alter(entry_table, entry_table.c.leaf_index.is_(None), evidence=b"{}")
    log.sequence()
    assert behind(31).status_code == 201
