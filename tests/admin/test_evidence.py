"""The evidence explorer: every filter, pages without gaps, one record by its id or receipt, and nobody else's records."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from consent import clock
from consent.audit import explorer
from consent.db import db, transact
from consent.records.models import record_table
from tests.people import Visitor

LIST = "/admin/sites/example/evidence"


def listed(answer):
    """The ids of the records on the page, in its order."""
    assert answer.status_code == 200
    return re.findall(rf'href="{LIST}/([0-9a-f-]{{36}})"', answer.text)


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


@pytest.fixture
def records(client, site):
    """By what is particular about them."""
    anna, ben = Visitor(client, site), Visitor(client, site)
    answers = {
        "accepted": anna.decide("accept_all", language="en"),
        "refused": ben.decide("reject_all", source="preferences"),
        "chose": anna.decide("custom", granted=["ga4"]),
    }
    assert {answer.status_code for answer in answers.values()} == {201}
    return {name: answer.json["record_id"] for name, answer in answers.items()}


def names(records, answer):
    of = {record_id: name for name, record_id in records.items()}
    return [of[record_id] for record_id in listed(answer)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["chose", "refused", "accepted"]),
        ("decision=reject_all", ["refused"]),
        ("decision=withdraw", []),
        ("source=preferences", ["refused"]),
        ("language=en", ["accepted"]),
        ("category=analytics", ["chose", "accepted"]),
        ("category=analytics&choice=refused", ["refused"]),
        ("category=ma&choice=granted", ["accepted"]),
        ("decision=custom&language=ja", ["chose"]),
        ("decision=custom&language=en", []),
    ],
)
def test_each_filter_lists_what_fits_and_nothing_else(auditor, records, query, expected):
    assert names(records, auditor.get(f"{LIST}?{query}")) == expected


def test_by_visitor_and_by_policy_version(auditor, records, site):
    with db.engine.connect() as connection:
        row = connection.execute(record_table.select().where(record_table.c.record_id == records["refused"])).one()
    assert names(records, auditor.get(f"{LIST}?visitor={row.visitor_id}")) == ["refused"]
    assert len(listed(auditor.get(f"{LIST}?version={row.policy_version}"))) == 3


def test_days_are_those_of_the_users_zone(auditor, records):
    """Midnight in Tokyo is 15:00 UTC of the day before."""
    midnight = clock.to_ms(clock.parse_wire("2026-03-01T15:00:00Z"))
    for name, moment in (("accepted", midnight - 1), ("refused", midnight), ("chose", midnight + 86_400_000)):
        mine = update(record_table).where(record_table.c.record_id == records[name])
        transact(lambda connection, mine=mine, moment=moment: connection.execute(mine.values(received_ms=moment)))
    assert names(records, auditor.get(f"{LIST}?first=2026-03-02&last=2026-03-02")) == ["refused"]
    assert names(records, auditor.get(f"{LIST}?last=2026-03-01")) == ["accepted"]
    assert names(records, auditor.get(f"{LIST}?first=2026-03-03")) == ["chose"]


@pytest.mark.parametrize(
    "query",
    [
        *("first=soon", "first=2026-03-02&last=2026-03-01", "first=0001-01-01", "decision=maybe", "language=xx"),
        *("version=00", "category=%25", "visitor=a%2Fb", "before=1", "before=x-y"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_and_not_passed_over(auditor, records, query):
    answer = auditor.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert records["chose"] not in answer.text


def test_pages_neither_skip_nor_repeat_where_many_came_in_the_same_millisecond(auditor, client, site, monkeypatch):
    monkeypatch.setattr(explorer, "PAGE", 4)
    expected = [Visitor(client, site).decide().json["record_id"] for _ in range(10)]
    now = clock.to_ms(clock.now())
    transact(lambda connection: connection.execute(update(record_table).values(received_ms=now)))
    found, path = [], LIST
    while path:
        answer = auditor.get(path)
        found += listed(answer)
        older = re.search(r'href="([^"]+)" rel="next"', answer.text)
        path = older and older[1].replace("&amp;", "&")
    assert found == expected[::-1]


def test_a_record_is_found_by_its_id_and_by_its_receipt(auditor, visitor):
    made = visitor.decide().json
    token = made["receipt"]["token"]
    for asked in (
        made["record_id"],
        made["record_id"].upper(),
        token,
        f"https://consent.example.net/r/{token}?lang=ja",
    ):
        answer = auditor.post(f"{LIST}/find", {"record": asked})
        assert answer.location == f"{LIST}/{made['record_id']}"
        assert token not in answer.location


@pytest.mark.parametrize("asked", ["", "nonsense", "0" * 36, "018f0000-0000-7000-8000-000000000000", "a?b/c"])
def test_what_is_no_record_of_the_log_is_said_to_be_none(auditor, records, asked):
    answer = auditor.post(f"{LIST}/find", {"record": asked})
    assert answer.status_code == 404
    assert "no decision with this id" in answer.text


def test_records_of_another_site_are_not_there(auditor, client, site, other_site, records):
    stranger = Visitor(client, other_site)
    answer = stranger.post("records", stranger.body(), origin="https://other.example")
    assert answer.status_code == 201
    theirs = answer.json["record_id"]
    assert theirs not in listed(auditor.get(LIST))
    assert auditor.get(f"{LIST}/{theirs}").status_code == 404
    assert auditor.get(f"{LIST}/{theirs}/receipts/copy").status_code == 404
    assert auditor.get(f"{LIST}/{theirs}/banner.zip").status_code == 404
    for asked in (theirs, answer.json["receipt"]["token"]):
        assert auditor.post(f"{LIST}/find", {"record": asked}).status_code == 404


def test_without_records_the_page_says_what_to_do(auditor, site):
    answer = auditor.get(LIST)
    assert "No record yet" in answer.text
    assert "Check on the overview" in answer.text


def test_what_a_browser_sent_is_text_and_never_markup(auditor, visitor):
    evil = "/<img src=x onerror=alert(1)>\"'{{7*7}}"
    made = visitor.decide(page_path=evil, language="ja")
    assert made.status_code == 201
    for path in (LIST, f"{LIST}/{made.json['record_id']}", f"{LIST}?visitor=%3Cscript%3E"):
        text = auditor.get(path).text
        assert "<img src=x" not in text
        assert "<script>" not in text
        assert "&lt;img src=x" in text or path.endswith("E")


def test_the_list_of_old_records_does_not_reach_the_newest(auditor, records):
    """The first day of a period is not the last one of it."""
    tomorrow = (clock.now() + timedelta(days=2)).date()
    assert names(records, auditor.get(f"{LIST}?first={tomorrow}")) == []
