"""The numbers on a site's page."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from consent import clock, jobs, worker
from consent.db import db, transact
from consent.ledger import checking
from consent.ledger.models import entry_table
from consent.statistics import charts
from tests.people import Visitor
from tests.settled import settle


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


def decide(app, site, *decisions):
    for decision in decisions:
        Visitor(app.test_client(), site).decide(decision, language="en")
    settle()
    worker.count()


def cards(page):
    found = re.findall(r'<div class="text-secondary">([^<]+)</div>\s*<div class="h1 mb-0">([^<]+)</div>', page)
    return dict(found)


def test_before_anybody_has_decided_the_page_says_what_will_be_there(auditor, site):
    page = auditor.get("/admin/sites/example/").text
    assert "No decision yet" in page
    assert cards(page) == {}


def test_decisions_are_counted_and_shared_out(auditor, app, site):
    decide(app, site, "accept_all", "reject_all", "reject_all", "reject_all", "withdraw")
    page = auditor.get("/admin/sites/example/").text
    assert cards(page) == {
        "Accepted all": "1",
        "Chose": "0",
        "Refused all": "3",
        "Withdrew": "1",
        "Refused by signal (GPC)": "0",
    }
    assert "75.0%" in page
    assert "20.0%" in page, "one of five decisions grants a purpose"


def test_the_change_is_against_the_period_before(auditor, app, site):
    settle()  # what waits now would be eight days behind
    decide(app, site, "accept_all", "reject_all")
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        auditor.sign_in()
        decide(app, site, "reject_all")
        page = auditor.get("/admin/sites/example/?days=7").text
    assert "(-50.0)" in page


def test_how_the_log_stands_and_the_latest_decisions(auditor, app, site):
    decide(app, site, "accept_all")
    Visitor(app.test_client(), site).decide("gpc", source="gpc", gpc=True)
    page = auditor.get("/admin/sites/example/?lang=ja").text
    assert "ブラウザーの信号（GPC）による拒否" in page
    assert re.search(r"記載待ち</dt><dd>1 ", page)


@pytest.mark.parametrize("days", ["0", "-7", "x", "9999", "7'--"])
def test_a_period_that_is_none_is_thirty_days(auditor, site, days):
    page = auditor.get("/admin/sites/example/", query_string={"days": days})
    assert page.status_code == 200
    assert re.search(r'days=30" aria-current="true"', page.text)


def test_bars_of_a_day_stand_on_each_other_and_the_highest_fills_what_the_axis_says():
    chart = charts.bars({"2026-11-01": {"accept_all": 30, "reject_all": 10}, "2026-11-02": {}})
    assert chart.top == 50
    lower, upper = chart.bars
    assert (lower.kind, upper.kind) == ("accept_all", "reject_all")
    assert lower.y == pytest.approx(upper.y + upper.height)
    assert lower.y + lower.height == pytest.approx(charts.HEIGHT)
    assert lower.height + upper.height == pytest.approx(charts.HEIGHT * 40 / 50, abs=0.2)


def test_nothing_is_a_chart_without_bars():
    assert charts.bars({"2026-11-01": {}}).bars == []


def test_the_page_says_when_the_log_was_checked_and_what_was_found(app, person, site):
    reader = person("auditor", site)
    decide(app, site, "accept_all")
    path = f"/admin/sites/{site.key}/"
    assert "not checked yet" in reader.get(path).text
    checking.enqueue_due(clock.now())
    while worker.run_job():
        pass
    assert "sound" in reader.get(path).text
    transact(lambda c: c.execute(update(entry_table).values(leaf_hash=b"x" * 32)))
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        checking.enqueue_due(clock.now())
        while worker.run_job():
            pass
        with db.engine.connect() as connection:
            found = checking.last(connection, site.id)
    assert found.damaged
    for each in (path, f"{path.rstrip('/')}/log"):
        assert f"{found.damaged} damaged" in reader.get(each).text


def test_the_page_says_why_the_log_could_not_be_checked(app, person, site, monkeypatch):
    def broken(*_):
        raise RuntimeError("no room")

    reader = person("owner", site)
    decide(app, site, "accept_all")
    checking.enqueue_due(clock.now())
    monkeypatch.setattr(checking.fsck, "examine", broken)
    for _ in range(jobs.MOST_ATTEMPTS):
        transact(lambda c: c.execute(update(jobs.job_table).values(due_ms=0)))
        worker.run_job()
    path = f"/admin/sites/{site.key}/"
    for each in (path, f"{path}log"):
        page = reader.get(each).text
        assert "The check failed" in page
        assert re.search(r"The worker&#39;s log says more, under job \d+\. <code>job_failed</code>", page)
        assert "no room" not in page
