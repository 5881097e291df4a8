"""The auditor's sample: random, and the same again for whoever has its numbers."""

import re
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from consent import clock, worker
from consent.audit import sample
from consent.db import db, transact
from consent.ledger import epochs, erase, logs
from consent.ledger.ledger import ledger
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind
from consent.records import forget
from consent.records.evidence import DECISIONS
from tests.people import Visitor
from tests.settled import settle

SAMPLE = "/admin/sites/example/evidence/sample"
EVER = "first=2020-01-01&last=2090-01-01"


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


@pytest.fixture
def made(client, site):
    found = [Visitor(client, site).decide().json["record_id"] for _ in range(20)]
    settle()
    return found


def drawn(answer):
    assert answer.status_code == 200
    return re.findall(r"<code>([0-9a-f-]{36})</code>", answer.text)


def draw(auditor, query):
    answer = auditor.get(f"{SAMPLE}?{EVER}&{query}")
    assert answer.status_code == 303
    return answer.location


def test_a_seed_is_thrown_and_goes_into_the_address(auditor, made):
    location = draw(auditor, "size=5")
    asked = parse_qs(urlsplit(location).query)
    assert re.fullmatch(r"[0-9a-f]{8}", asked["seed"][0])
    found = drawn(auditor.get(location))
    assert len(set(found)) == 5
    assert set(found) <= set(made)
    assert asked["seed"][0] in auditor.get(location).text


def test_the_same_numbers_draw_the_same_also_after_new_records_and_an_erasure(auditor, made, client, site):
    location = draw(auditor, "size=8&seed=audit-2026")
    before = drawn(auditor.get(location))
    asked = {before[0]: erase.BOTH}
    transact(lambda c: erase.erase(c, site.id, asked, kind=Kind.RETENTION, reason="retention", now=clock.now()))
    transact(lambda c: forget.forget_records(c, [before[0]]))
    for _ in range(10):
        Visitor(client, site).decide()
    settle()
    answer = auditor.get(location)
    assert drawn(answer) == before
    assert "Erased" in answer.text


def test_another_seed_draws_another_sample(auditor, made):
    samples = {tuple(drawn(auditor.get(draw(auditor, f"size=5&seed={seed}")))) for seed in range(5)}
    assert len(samples) > 1


def test_more_than_there_are_gives_every_decision_once(auditor, made):
    assert sorted(drawn(auditor.get(draw(auditor, "size=200")))) == sorted(made)


@pytest.fixture
def three_times(client, site, monkeypatch):
    """Decisions of today, then while the clock was three days behind, then of today again."""
    now, found = clock.now(), []
    for days in (0, 3, 0):
        monkeypatch.setattr(clock, "now", lambda days=days: now - timedelta(days=days))
        found.append({Visitor(client, site).decide().json["record_id"] for _ in range(6)})
        worker.sequence()
    settle()
    return found


def test_no_decision_of_a_period_is_left_out_where_the_clock_was_set_back(site, three_times):
    before, behind, after = three_times
    now_ms, day_ms = clock.to_ms(clock.now()), 86_400_000

    def of_days(first, last):
        period = {"since_ms": now_ms - first * day_ms, "until_ms": now_ms - last * day_ms}
        with db.engine.connect() as connection:
            found = sample.draw(connection, site.id, **period, seed="a", size=200, tree_size=1_000)
        return {row.record_id for row in found.rows}

    assert of_days(4, 2) == behind
    assert of_days(1, -1) == before | after
    assert of_days(4, -1) == before | behind | after


@pytest.fixture
def made_later(client, site, made):
    """In a second epoch, among them one that the first had taken in without signing it."""
    late = [Visitor(client, site).decide().json["record_id"]]
    worker.sequence()
    guard = ledger().guard
    transact(lambda c: epochs.new_epoch(c, site.id, guard, reason="a restored backup", now=clock.now()))
    late += [Visitor(client, site).decide().json["record_id"] for _ in range(9)]
    settle()
    return late


def test_a_sample_is_drawn_from_every_epoch_and_names_the_epoch(auditor, made, made_later):
    location = draw(auditor, "size=200&seed=a")
    answer = auditor.get(location)
    assert sorted(drawn(answer)) == sorted(made + made_later)
    assert set(drawn(answer)[:20]) == set(made), "in the order of the log"
    assert [f"Epoch {number} of the log" in answer.text for number in (1, 2, 3)] == [True, True, False]
    assert "www.example.com/consent/example/e2" in answer.text
    few = drawn(auditor.get(draw(auditor, "size=12&seed=a")))
    assert set(few) & set(made)
    assert set(few) & set(made_later)


def test_a_new_epoch_changes_no_sample_that_was_drawn_before(auditor, made, client, site, request):
    Visitor(client, site).decide()
    worker.sequence()  # in the tree, and under no checkpoint: the new epoch takes it over
    location = draw(auditor, "size=8&seed=audit-2026")
    before = drawn(auditor.get(location))
    request.getfixturevalue("made_later")
    answer = auditor.get(location)
    assert drawn(answer) == before
    assert "Epoch 2 of the log" not in answer.text


def test_the_documented_way_of_drawing_over_epochs(auditor, made, made_later, site):
    """Both epochs in one row: what an auditor computes from two bundles."""
    with db.engine.connect() as connection:
        logs_of_site = {log.log_id: log.epoch for log in logs.epochs(connection, site.id)}
        rows = connection.execute(select(entry_table).where(entry_table.c.log_id.in_(logs_of_site))).all()
    row = [
        (logs_of_site[each.log_id], each.leaf_index, each.record_id, each.kind)
        for each in sorted(rows, key=lambda each: (logs_of_site[each.log_id], each.leaf_index))
    ]
    order = [row[number] for number in sample.shuffled(len(row), "b")]
    expected = sorted([each for each in order if each[3] in DECISIONS][:6])
    assert drawn(auditor.get(draw(auditor, "size=6&seed=b"))) == [each[2] for each in expected]


def test_only_decisions_of_the_period(auditor, made):
    answer = auditor.get(f"{SAMPLE}?first=2020-01-01&last=2020-02-01&size=5&seed=a&tree=100")
    assert answer.status_code == 422
    assert "no decision of this period" in answer.text


def test_a_day_in_the_middle_of_the_log(auditor, made):
    """Received over days; two of them out of order, as clocks of two servers differ."""
    start = clock.to_ms(clock.parse_wire("2026-03-01T15:00:00Z"))  # midnight in Tokyo
    order = [*range(9), 10, 9, *range(11, 20)]
    for position, number in enumerate(order):
        moment = start + (number - 10) * 1_800_000
        mine = update(entry_table).where(entry_table.c.record_id == made[position])
        transact(lambda connection, mine=mine, moment=moment: connection.execute(mine.values(received_ms=moment)))
    found = drawn(auditor.get(f"{SAMPLE}?first=2026-03-02&last=2026-03-02&size=200&seed=a&tree=100"))
    assert sorted(found) == sorted(made[position] for position, number in enumerate(order) if number >= 10)


@pytest.mark.parametrize(
    "query",
    ["size=0&seed=a", "size=201&seed=a", "size=x&seed=a", "size=5&seed=a+b", "size=5&seed=%3Cb%3E", "size=-1&seed=a"],
)
def test_numbers_that_make_no_sample_are_refused(auditor, made, query):
    answer = auditor.get(f"{SAMPLE}?{EVER}&tree=100&{query}")
    assert answer.status_code == 422
    assert "<b>" not in answer.text


def test_every_leaf_has_the_same_chance():
    """A shuffle, and nothing that favours an end."""
    assert sorted(sample.shuffled(50, "seed")) == list(range(50))
    firsts = [next(sample.shuffled(10, str(seed))) for seed in range(2_000)]
    assert all(150 < firsts.count(number) < 250 for number in range(10))


def test_the_documented_way_of_drawing():
    """What an auditor computes from the docs alone: on a whole list, with SHA-256("<seed>:<step>")."""
    numbers = list(range(8))
    for step in range(8):
        other = step + int.from_bytes(sha256(f"audit:{step}".encode()).digest(), "big") % (8 - step)
        numbers[step], numbers[other] = numbers[other], numbers[step]
    assert list(sample.shuffled(8, "audit")) == numbers == [5, 6, 1, 2, 7, 4, 3, 0]
