"""The order of times: a step back holds where the log notes it right before it happens, and fails everywhere else."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from consent import clock
from consent.audit.verify import manifest as manifests
from consent.audit.verify import shapes
from consent.audit.verify.page import render
from consent.audit.verify.report import FAILS, HOLDS, NOT_CHECKED
from consent.audit.verify.verdict import verify
from consent.cli import main
from consent.clock import parse_wire, to_ms, wire
from consent.merkle import promise
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import TOLERANCE_MS, Kind
from consent.merkle.note import Signer
from tests.audit.conftest import settle
from tests.audit.forging import LOG, RECORDS, Forger, write
from tests.audit.test_bundle import lines_of
from tests.audit.test_tampering import receipt_for, renumbered
from tests.ledger.site_log import SiteLog

HOUR_MS = 3_600_000
STEP = 6  # the leaf that notes it
SALT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture
def lines(thousand):
    """The publication and nine decisions, as dictionaries."""
    return [json.loads(line) for line in thousand.members[RECORDS].splitlines()[:10]]


@pytest.fixture
def log_key():
    return Signer.generate(LOG)


@pytest.fixture
def verdict(thousand, tmp_path, log_key, monkeypatch):
    """What the verifier says of these lines under the right key. `size`: leaves to a part; `start`: of the range."""

    def of(lines, *, size=65_536, start=0, **given):
        forger = Forger(thousand.members)
        forger.lines = renumbered([canonical_bytes(line) + b"\n" for line in lines])
        forger.also = given.pop("also", [])
        if start:
            forger.begin_at(start, [_leaf(line) for line in forger.lines])
        forger.table()
        forger.sign(log_key)
        monkeypatch.setattr(manifests, "LEAVES_PER_FILE", size)
        whole = forger.lines
        del forger.members[RECORDS]
        for name, begin, end in forger.about.record_files():
            forger.members[name] = b"".join(whole[begin - start : end - start])
        forger.seal(log_key)
        path = write(forger.members, tmp_path / "forged.zip")
        return verify(path, pinned_keys=[log_key.vkey], processes=1, **given)

    return of


def _leaf(line):
    return shapes.said(line, LOG, 1).leaf


def failing(report):
    return {check.name for check in report.checks if check.status == FAILS}


def time_of(line):
    return to_ms(parse_wire(line["evidence"]["received_time"]))


def at(line, moment_ms):
    return {**line, "evidence": {**line["evidence"], "received_time": wire(moment_ms)}}


def note(before_ms, after_ms, number=0, **changes):
    evidence = {
        "log": LOG,
        "type": "step_back",
        "record_id": f"019ab2c4-7d00-7000-8000-{number:012}",
        "received_time": wire(after_ms),
        "latest_time": wire(before_ms),
        "by_ms": before_ms - after_ms,
    }
    return {"evidence": {**evidence, **changes}, "evidence_salt": SALT, "index": 0, "kind": 0x87, "schema": 1}


def stepped(lines, by=HOUR_MS, named=0, **changes):
    """Set back before leaf STEP, and noted. `named`: by how much the note is wrong about the latest time."""
    latest = max(map(time_of, lines[:STEP]))
    after = latest - by
    late = [at(line, after + number) for number, line in enumerate(lines[STEP:])]
    return [*lines[:STEP], note(latest + named, after, **changes), *late]


def without(lines, index):
    return [*lines[:index], *lines[index + 1 :]]


# One part; the note begins a part; ends one; and stands in the middle with what follows it.
BORDERS = pytest.mark.parametrize("size", [100, STEP, STEP + 1, 4])


@BORDERS
def test_a_step_back_that_the_log_notes_holds_and_is_said(lines, verdict, size):
    report = verdict(stepped(lines), size=size)
    assert failing(report) == set()
    assert report.check("times").detail().endswith("noted by the log itself, 1 in all: leaf 6 (−1:00:00)")
    assert "leaf 6 (−1:00:00)" in render(report, "en")
    assert "時刻が1回さかのぼり、すべてログに記録あり。番号 6 (−1:00:00)" in render(report, "ja")


@BORDERS
def test_a_step_back_without_a_note_fails(lines, verdict, size):
    report = verdict(without(stepped(lines), STEP), size=size)
    assert (failing(report), report.check("times").place()) == ({"times"}, "leaf 6")


@BORDERS
@pytest.mark.parametrize("named", [-1, 1, 100 * HOUR_MS])
def test_a_note_that_names_another_latest_time_than_the_entries_do_fails(lines, verdict, size, named):
    report = verdict(stepped(lines, named=named), size=size)
    assert (failing(report), report.check("times").place()) == ({"times"}, "leaf 6")


@BORDERS
def test_a_note_without_a_step_back_fails(lines, verdict, size):
    latest = max(map(time_of, lines[:STEP]))
    forward = [*lines[:STEP], note(latest, latest - HOUR_MS), *lines[STEP:]]
    report = verdict(forward, size=size)
    assert (failing(report), report.check("times").place()) == ({"times"}, "leaf 6")


@BORDERS
@pytest.mark.parametrize("by", [TOLERANCE_MS, 0, -HOUR_MS])
def test_a_note_of_less_than_the_tolerance_fails(lines, verdict, size, by):
    assert failing(verdict(stepped(lines, by=by), size=size)) == {"times"}


@BORDERS
def test_a_note_at_the_end_fails(lines, verdict, size):
    assert failing(verdict(stepped(lines)[: STEP + 1], size=size)) == {"times"}


@BORDERS
def test_two_notes_of_one_step_fail(lines, verdict, size):
    notes = stepped(lines)
    said = notes[STEP]["evidence"]
    again = note(*(to_ms(parse_wire(said[name])) for name in ("latest_time", "received_time")), number=1)
    assert failing(verdict([*notes[:STEP], again, *notes[STEP:]], size=size)) == {"times"}


def test_a_note_that_contradicts_itself_is_no_entry(lines, verdict):
    for changes in ({"by_ms": 7}, {"latest_time": "yesterday"}, {"latest_time": None}):
        report = verdict(stepped(lines, **changes))
        assert report.check("records").place() == "leaf 6"


def test_every_step_is_counted_and_the_first_ten_are_named(lines, verdict):
    found, latest = lines[:1], time_of(lines[0])
    for number, line in enumerate((*lines[1:], *lines[1:])):
        found += [note(latest, latest - HOUR_MS, number), at(line, latest - HOUR_MS)]
        latest -= HOUR_MS
    report = verdict(found)
    assert failing(report) == {"record_ids"}
    assert report.check("times").told.values["steps"] == 18
    assert report.check("times").told.values["where"].endswith("19 (−1:00:00) …")


@pytest.mark.parametrize(("named", "fails"), [(0, False), (HOUR_MS, False), (-1, True)])
def test_a_range_from_the_middle_takes_a_note_at_its_word_for_what_came_before(lines, verdict, named, fails):
    """What was before the range may have been later than all that is in it, and cannot have been earlier."""
    report = verdict(stepped(lines, named=named), start=2)
    assert report.about["from"] == 2
    assert failing(report) == ({"times"} if fails else set())


def test_a_range_that_begins_with_a_note_holds(lines, verdict):
    assert failing(verdict(stepped(lines), start=STEP)) == set()


def test_a_second_note_of_a_range_from_the_middle_is_held_to_the_first(lines, verdict):
    for named, fails in ((0, set()), (HOUR_MS, {"times"})):
        once = stepped(lines, named=HOUR_MS)
        latest = time_of(once[-1])
        again = [note(latest + named, latest - HOUR_MS, 1), at(lines[1], latest - HOUR_MS)]
        assert failing(verdict([*once, *again], start=2)) - {"record_ids"} == fails


def erased(line):
    rest = {name: value for name, value in line.items() if name not in ("evidence", "evidence_salt")}
    return {**rest, "evidence_commitment": SALT}


@BORDERS
@pytest.mark.parametrize(("named", "fails"), [(0, False), (HOUR_MS, False), (-HOUR_MS, True)])
def test_an_entry_whose_evidence_is_gone_may_have_been_the_latest(lines, verdict, size, named, fails):
    noted = stepped(lines, named=named)
    noted[3] = erased(noted[3])
    assert ("times" in failing(verdict(noted, size=size))) == fails


@BORDERS
def test_a_note_is_believed_about_a_following_entry_whose_evidence_is_gone(lines, verdict, size):
    noted = stepped(lines)
    noted[STEP + 1] = erased(noted[STEP + 1])
    assert failing(verdict(noted, size=size)) == {"absences"}
    noted[STEP] = erased(noted[STEP])
    assert failing(verdict(noted, size=size)) == {"absences", "times"}, "a note that is gone notes nothing"


@pytest.mark.parametrize(("later", "status"), [(0, NOT_CHECKED), (HOUR_MS // 2, FAILS)])
def test_a_time_that_came_twice_accuses_nobody_of_an_omission(lines, verdict, later, status):
    """The record of the receipt lies before the range, which begins with the step back and ends after its time."""
    receipts = Signer.generate(promise.key_name(LOG))
    noted = stepped(lines)
    latest = max(map(time_of, noted[:STEP]))
    noted[-1] = at(noted[-1], latest + HOUR_MS)
    shown = receipt_for(canonical_bytes(at(lines[1], latest + later)) + b"\n", receipts)
    report = verdict(noted, start=STEP, also=[receipts.vkey], receipt_text=shown)
    assert report.check("receipt").status == status


@pytest.fixture
def set_clock(monkeypatch):
    """Sets the machine's clock back by so much, or right again."""
    now = clock.now

    def by(**back):
        monkeypatch.setattr(clock, "now", lambda: now() - timedelta(**back))

    return by


def test_a_clock_that_was_an_hour_behind_leaves_a_log_that_holds(visitor, site, bundle_of, set_clock):
    visitor.decide()
    settle()
    held = newest_of(site)
    set_clock(hours=1)
    assert [visitor.decide(decision).status_code for decision in ("reject_all", "withdraw")] == [201, 201]
    settle()
    assert newest_of(site) == held, "nothing is published until the clock is right"
    set_clock()
    assert visitor.decide().status_code == 201
    path = bundle_of()
    found = verify(path).check("times")
    assert (found.status, found.told.values["steps"]) == (HOLDS, 1)
    assert re.fullmatch(r"2 \(−(1:00:00|0:59:..)\)", found.told.values["where"])
    assert [line["kind"] for line in lines_of(path)] == [Kind.POLICY_PUBLISHED, 1, Kind.STEP_BACK, 1, 2, 1]


def newest_of(site):
    return SiteLog(site).newest().size


@pytest.mark.published_now
def test_a_site_that_was_filled_after_its_publication_holds(site, bundle_of):
    seeded = CliRunner().invoke(main, ["seed", "--site", "example", "--records", "50"])
    assert seeded.exit_code == 0, seeded.output
    report = verify(bundle_of())
    assert report.holds, report.checks
    assert re.fullmatch(r"1 \(−(4320:00:0.|4319:59:5.)\)", report.check("times").told.values["where"])
