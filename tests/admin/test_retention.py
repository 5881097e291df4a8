"""How long records are kept, and the legal hold, in the web UI."""

from datetime import timedelta

import pytest
import time_machine

from consent import clock, worker
from consent.db import db
from consent.ledger import hold
from consent.retention import jobs as retention_jobs
from consent.retention import purge
from consent.scrub import ScrubHeldBack
from tests.people import Visitor
from tests.settled import settle

PAGE = "/admin/sites/example/retention"
LIFETIME = 180  # days, of the example policy


@pytest.fixture
def owner(person, site):
    return person("owner", site)


@pytest.fixture
def decided(client, site):
    """Two records in the log."""
    settle()
    for _ in range(2):
        Visitor(client, site).decide()
    settle()


def standing(site):
    with db.engine.connect() as connection:
        return purge.report(connection, site.id, clock.now())


def later(days):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=True)


def saved(answer, what):
    return answer.status_code == 303 and answer.location.endswith(f"?saved={what}")


def test_the_rule_is_shown_to_every_role_and_changed_by_owners(person, owner, site, decided):
    for role in ("editor", "auditor"):
        text = person(role, site).get(PAGE).text
        assert "1,096 days" in text
        assert "Save" not in text
    assert saved(owner.post(f"{PAGE}/rule", {"days": "730"}), "rule")
    assert standing(site).rule.keep_days == 730
    assert "Records are kept for 730 days" in owner.get("/admin/sites/example/deeds").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("days", ["0", "-1", "", "36526", "9999999", "99999999999", "1.5", "three"])
def test_a_rule_that_makes_no_sense_is_refused_and_stays_as_typed(owner, site, days):
    answer = owner.post(f"{PAGE}/rule", {"days": days})
    assert answer.status_code == 422
    assert "Give a number of days" in answer.text
    assert f'value="{days}"' in answer.text
    assert standing(site).rule.updated_ms is None


def test_a_rule_that_takes_more_records_wants_a_second_look(person, site, decided):
    with later(LIFETIME + 10):
        owner = person("owner", site)
        answer = owner.post(f"{PAGE}/rule", {"days": "5"})
        assert answer.status_code == 409
        assert "2 more records are erased for good" in answer.text
        assert standing(site).rule.updated_ms is None
        assert saved(owner.post(f"{PAGE}/rule", {"days": "20"}), "rule"), "it takes nothing"
        assert saved(owner.post(f"{PAGE}/rule", {"days": "5", "sure": "yes"}), "rule")
        assert standing(site).expired == 2


def test_an_owner_has_the_worker_erase_what_is_past_its_date(person, site, decided):
    with later(LIFETIME + 1200):
        owner = person("owner", site)
        assert "Erase now" in owner.get(PAGE).text
        for _ in range(2):  # pressed twice it is done once
            assert saved(owner.post(f"{PAGE}/run"), "run")
        assert standing(site).records == 2, "a web process erases nothing"
        assert "waits for the worker" in owner.get(PAGE).text
        assert worker.run_job()
        assert not worker.run_job()
        assert standing(site).records == 0
        text = owner.get(PAGE).text
        assert "done" in text
        assert "Erase now" not in text


@pytest.mark.parametrize(
    ("language", "says"), [("ja", "次回の実行で取り除きます。"), ("en", "The next run removes them.")]
)
def test_a_run_that_failed_says_why_to_whoever_reads_it(owner, site, decided, monkeypatch, language, says):
    def fails(job, report):
        raise ScrubHeldBack("Something reads all the time.")

    with later(LIFETIME + 1200):
        retention_jobs.enqueue_due(clock.now())
        monkeypatch.setattr(worker, "KINDS", {retention_jobs.KIND: fails})
        assert worker.run_job()
    page = owner.get(f"{PAGE}?lang={language}").text
    assert says in page
    assert "<code>scrub_held_back</code>" in page
    assert "Something reads" not in page


def test_a_hold_needs_a_reason_stands_until_it_is_lifted_and_stops_a_run(person, owner, site, decided):
    for reason in ("", "  ", "x" * 301):
        assert owner.post(f"{PAGE}/hold", {"reason": reason}).status_code == 422
    assert saved(owner.post(f"{PAGE}/hold", {"reason": "court order <b>7</b>"}), "held")
    text = owner.get(PAGE).text
    assert "court order &lt;b&gt;7&lt;/b&gt;" in text
    with later(LIFETIME + 1200):
        another = person("owner", site)
        assert "Erase now" not in another.get(PAGE).text
        answer = another.post(f"{PAGE}/run")
        assert answer.status_code == 409
        assert "A legal hold stands" in answer.text
    assert saved(owner.post(f"{PAGE}/release"), "released")
    with db.engine.connect() as connection:
        assert hold.standing(connection, site.id) is None
    deeds = owner.get("/admin/sites/example/deeds").text
    assert "Placed a legal hold" in deeds
    assert "Lifted the legal hold" in deeds


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_a_site_nothing_of_another_is_changed(owner, site, other_site):
    for path in ("rule", "hold", "release", "run"):
        assert (
            owner.post(f"/admin/sites/other/retention/{path}", {"days": "5", "reason": "x", "sure": "yes"}).status_code
            == 404
        )
    assert standing(other_site).rule.updated_ms is None
