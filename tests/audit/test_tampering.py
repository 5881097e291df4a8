"""Whatever is changed in a bundle is found, and the check that finds it says so."""

import hashlib
import json
import random
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from consent.audit.verify import manifest as manifests
from consent.audit.verify import shapes
from consent.audit.verify.lines import LineInvalid
from consent.audit.verify.report import FAILS, HOLDS, NOT_CHECKED
from consent.audit.verify.verdict import verify
from consent.merkle import promise
from consent.merkle.canonical import canonical_bytes
from consent.merkle.note import Signer
from consent.merkle.tree import root_of
from tests.audit.forging import LOG, RECORDS, Forger, members_of, short, write

SAMPLED = range(1, 1_001, 25)  # of the records, for verifying whole bundles


@pytest.fixture
def forger(thousand):
    return Forger(thousand.members)


@pytest.fixture
def verdict(thousand, tmp_path):
    """Verifies the files, as an auditor does who knows the key: the names of the checks that fail."""

    def of(forger, **given):
        given = {"pinned_keys": [thousand.vkey], "processes": 1, **given}
        return verify(write(forger.members, tmp_path / "forged.zip"), **given)

    return of


def failing(report):
    return {check.name for check in report.checks if check.status == FAILS}


def test_the_bundle_holds_before_anybody_touches_it(forger, verdict):
    report = verdict(forger)
    assert {check.name for check in report.checks if check.status != HOLDS} == {"held", "receipt"}


def edited(line):
    """Another decision, written as the platform would have written it."""
    value = json.loads(line)
    value["evidence"]["language"] = "en" if value["evidence"]["language"] == "ja" else "ja"
    return shapes_line(value)


def redated(line):
    value = json.loads(line)
    moment = datetime.fromisoformat(value["evidence"]["received_time"]) + timedelta(milliseconds=1)
    value["evidence"]["received_time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return shapes_line(value)


def shapes_line(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def with_edit(lines, at):
    return [*lines[:at], edited(lines[at]), *lines[at + 1 :]]


def with_redating(lines, at):
    return [*lines[:at], redated(lines[at]), *lines[at + 1 :]]


def without(items, at):
    return [*items[:at], *items[at + 1 :]]


def with_duplicate(items, at):
    return [*items[: at + 1], *items[at:]]


def with_swap(items, at):
    other = at + 1 if at + 1 < len(items) else at - 1
    items = list(items)
    items[at], items[other] = items[other], items[at]
    return items


def renumbered(lines):
    return [re.sub(rb'"index":\d+', b'"index":%d' % number, line) for number, line in enumerate(lines)]


CHANGES = [with_edit, with_redating, without, with_duplicate, with_swap]


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_changed_by_somebody_who_covers_every_trace_but_signatures_is_found(forger, verdict, change):
    """40 whole bundles for each kind of change. The manifest, its range, the table: all of it is made to fit."""
    original, about = forger.lines, forger.about
    for at in SAMPLED:
        forger.lines = renumbered(change(original, at))
        forger.about = replace(about, end=len(forger.lines))
        forger.table()
        forger.hashes()
        report = verdict(forger)
        broken = {"checkpoint"} if len(forger.lines) != len(original) else {"root"}
        assert failing(report) - {"record_ids"} == {"manifest_signature", *broken}


@pytest.mark.parametrize("change", [edited, redated])
def test_every_single_record_counts_for_the_root(thousand, change):
    lines = thousand.members[RECORDS].splitlines(keepends=True)
    for line in lines[1:]:
        assert _leaf(change(line)) != _leaf(line)


@pytest.mark.parametrize("change", [without, with_duplicate, with_swap])
def test_the_place_of_every_single_record_counts_for_the_root(thousand, change):
    leaves = [_leaf(line) for line in thousand.members[RECORDS].splitlines(keepends=True)]
    signed = root_of(leaves)
    assert all(root_of(change(leaves, at)) != signed for at in range(1, len(leaves)))


def _leaf(line):
    known = short([line])
    return known.leaves[0] if known else shapes.said(line, LOG, 1).leaf


def fate(lines, leaves, at, content):
    """The check that finds `content` in place of line `at`; None where nothing would."""
    found = content.splitlines(keepends=True)
    if len(found) != 1:
        return "records"
    known = short(found, at)
    if known:
        return "root" if known.leaves != [leaves[at]] else None
    try:
        said = shapes.said(content, LOG, 1)
    except LineInvalid:
        return "records"
    return "records" if said.wrong or said.leaf_index != at else "root" if said.leaf != leaves[at] else None


def test_ten_thousand_random_bytes_of_the_records_are_each_found(thousand):
    """With the manifest made to fit. Without that, its hashes find every change of any file."""
    chance = random.Random(7)
    lines = thousand.members[RECORDS].splitlines(keepends=True)
    leaves = [_leaf(line) for line in lines]
    fates = {"records": 0, "root": 0}
    for _ in range(10_000):
        at = chance.randrange(len(lines))
        content = bytearray(lines[at])
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        fates[fate(lines, leaves, at, bytes(content))] += 1
    assert min(fates.values()) > 1_000, "both ways of finding out are tried"


def test_a_random_byte_of_any_file_is_found_by_its_hash(thousand):
    chance = random.Random(8)
    about = manifests.parse(thousand.members["manifest.json"])
    names = [file.name for file in about.files]
    for _ in range(300):
        file = about.files[names.index(chance.choice(names))]
        content = bytearray(thousand.members[file.name])
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        assert hashlib.sha256(content).hexdigest() != file.sha256


MADE_TO_FIT = {
    "README.txt": {"manifest_signature"},
    "verify.py": {"manifest_signature"},
    "checkpoint": {"manifest_signature", "checkpoint"},
    "keys.json": {"manifest_signature", "manifest", "checkpoint"},
    "records.csv": {"manifest_signature", "csv"},
    RECORDS: {"manifest_signature", "records", "root", "csv", "policies", "times", "record_ids"},
    "policies": {"manifest_signature", "policies"},
}


@pytest.mark.parametrize("name", MADE_TO_FIT)
def test_a_random_byte_of_a_file_is_found_by_the_right_check_though_the_manifest_fits(thousand, verdict, name):
    chance = random.Random(name)
    file = next(each for each in thousand.members if each.startswith(name))
    for _ in range(8):
        forger = Forger(thousand.members)
        content = bytearray(forger.members[file])
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        forger.members[file] = bytes(content)
        forger.hashes()
        report = verdict(forger)
        assert "manifest_signature" in failing(report)
        assert failing(report) <= MADE_TO_FIT[name]
        assert name != RECORDS or failing(report) & {"records", "root"}


@pytest.mark.parametrize("name", ["manifest.json", "manifest.note"])
def test_a_random_byte_of_the_manifest_or_its_signature_is_found(thousand, verdict, name):
    chance = random.Random(name)
    for _ in range(12):
        forger = Forger(thousand.members)
        content = bytearray(forger.members[name])
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        forger.members[name] = bytes(content)
        assert failing(verdict(forger)) & {"manifest", "manifest_signature", "checkpoint"}


def test_a_random_byte_of_the_zip_itself_changes_nothing_or_is_found(thousand, tmp_path):
    """A zip has bytes that say nothing of its files, such as a date; what is inside stays the same then."""
    chance = random.Random(9)
    whole, path = thousand.path.read_bytes(), tmp_path / "forged.zip"
    tail = len(whole) - 1_200
    found = 0
    for number in range(80):
        at = chance.randrange(tail, len(whole)) if number % 2 else chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :])
        report = verify(path, pinned_keys=[thousand.vkey], processes=1)
        if report.holds:
            assert members_of(path) == thousand.members
        else:
            found += 1
            assert failing(report) & {"archive", "manifest"}
    assert found > 40


def without_the_readme(forger):
    del forger.members["README.txt"]


def with_one_more_policy(forger):
    forger.members[f"policies/{'0' * 64}.json"] = b"{}"


def with_a_longer_readme(forger):
    forger.members["README.txt"] += b"trust us"


@pytest.mark.parametrize("spoil", [without_the_readme, with_one_more_policy, with_a_longer_readme])
def test_a_file_that_is_missing_added_or_changed_is_found_by_the_manifest(forger, verdict, spoil):
    spoil(forger)
    assert failing(verdict(forger)) == {"manifest"}


def test_a_forger_with_a_key_of_their_own_is_found_by_the_key_alone(forger, verdict):
    """Everything is consistent: another decision, another tree, another signature."""
    forger.lines = with_edit(forger.lines, 17)
    forger.table()
    forger.sign(Signer.generate(forger.about.origin))
    assert failing(verdict(forger)) == {"key"}
    unpinned = verdict(forger, pinned_keys=())
    assert (unpinned.holds, unpinned.check("key").status) == (True, NOT_CHECKED)


@pytest.fixture
def log_key():
    return Signer.generate(LOG)


@pytest.fixture
def operator(thousand, verdict, log_key):
    """An operator who signs what they like with the right key: what the verifier says then."""

    def of(spoil, **given):
        forger = Forger(thousand.members)
        spoil(forger)
        forger.sign(log_key)
        return verdict(forger, pinned_keys=[log_key.vkey], **given)

    return of


def test_an_honest_operator_passes(operator):
    assert operator(lambda forger: None).holds


def change_of(half, **members):
    return lambda value: value[half].update(members)


def test_a_half_that_is_gone_without_an_erasure_is_found(operator):
    def hide(value):
        del value["subject"], value["subject_salt"]
        value["subject_commitment"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    def spoil(forger):
        forger.edit(500, hide)
        forger.table()

    report = operator(spoil)
    assert failing(report) == {"absences"}
    assert report.check("absences").place() == "leaf 500"


def test_a_record_in_the_past_of_its_predecessors_is_found(operator):
    def spoil(forger):
        forger.edit(500, change_of("evidence", received_time="2020-01-01T00:00:00.000Z"))
        forger.table()

    report = operator(spoil)
    assert (failing(report), report.check("times").place()) == ({"times"}, "leaf 500")


def test_a_record_id_that_stands_for_two_entries_is_found(operator):
    def spoil(forger):
        taken = json.loads(forger.lines[3])["evidence"]["record_id"]
        forger.edit(700, change_of("evidence", record_id=taken))
        forger.table()

    assert failing(operator(spoil)) == {"record_ids"}


def test_a_decision_about_services_that_the_visitor_was_not_shown_is_found(operator):
    def spoil(forger):
        forger.edit(9, lambda value: value["evidence"]["services"].update(unheard_of=True))
        forger.table()

    report = operator(spoil)
    assert (failing(report), report.check("policies").place()) == ({"policies"}, "leaf 9")


def test_a_policy_version_that_is_missing_is_found(operator):
    def spoil(forger):
        name = next(each for each in forger.members if each.startswith("policies/"))
        del forger.members[name]

    assert failing(operator(spoil)) == {"policies"}


def test_a_script_that_is_missing_is_found(operator):
    def spoil(forger):
        forger.edit(9, change_of("evidence", script="0123456789abcdef"))
        forger.table()

    assert failing(operator(spoil)) == {"scripts"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value["evidence"].update(log="www.example.com/consent/another"),
        lambda value: value.update(schema=2),
        lambda value: value.update(kind=2),
        lambda value: value["evidence"].update(record_id="no id"),
        lambda value: value["evidence"].update(received_time="yesterday"),
        lambda value: value["evidence"].update(received_time="2026-02-30T00:00:00.000Z"),
        lambda value: value["evidence"].pop("language"),
        lambda value: value["evidence"].update(more="than schema 1 has"),
        lambda value: value["evidence"]["services"].update(ga4=1),
        lambda value: [value.pop(name) for name in ("subject", "subject_salt")],
    ],
)
def test_an_entry_that_is_not_what_its_schema_says_is_found(operator, spoil):
    def forge(forger):
        forger.edit(1, spoil)

    report = operator(forge)
    assert "records" in failing(report)
    assert report.check("records").place() == "leaf 1"


def test_a_table_that_says_something_else_is_found(operator):
    def spoil(forger):
        forger.members["records.csv"] = forger.members["records.csv"].replace(b"reject_all", b"accept_all", 1)

    assert failing(operator(spoil)) == {"csv"}


def test_a_table_with_a_row_more_or_less_is_found(operator):
    def more(forger):
        forger.members["records.csv"] += b"one more\n"

    def less(forger):
        forger.members["records.csv"] = forger.members["records.csv"].rsplit(b"\n", 2)[0] + b"\n"

    assert failing(operator(more)) == failing(operator(less)) == {"csv"}


def test_a_checkpoint_that_the_auditor_kept_finds_the_log_that_was_rewritten(thousand, operator, log_key):
    """An operator with the key, and everything consistent: only what somebody kept from before can find it."""
    before = Forger(thousand.members)
    before.lines = before.lines[:600]
    before.sign(log_key)
    kept = before.members["checkpoint"].decode()

    def rewrite(forger):
        forger.lines = with_edit(forger.lines, 1)
        forger.table()

    assert operator(lambda forger: None, previous=kept).check("held").status == HOLDS
    report = operator(rewrite, previous=kept)
    assert failing(report) == {"held"}
    assert "first 600 entries" in report.check("held").detail()


@pytest.fixture
def continued(thousand):
    """The last 400 leaves as a bundle of their own, which says that it continues the first 601."""

    def make(signer):
        leaves = [_leaf(line) for line in thousand.members[RECORDS].splitlines(keepends=True)]
        forger = Forger(thousand.members)
        forger.begin_at(601, leaves)
        forger.sign(signer)
        return forger

    return make


def test_a_range_that_continues_its_checkpoint_holds(continued, verdict, log_key):
    report = verdict(continued(log_key), pinned_keys=[log_key.vkey])
    assert report.holds, report.checks
    assert report.check("previous").told.values["size"] == 601


def another_frontier(forger):
    forger.about = replace(forger.about, start_frontier=(*forger.about.start_frontier[:-1], "00" * 32))


def another_previous(forger):
    forger.about = replace(forger.about, previous={"size": 601, "root": "00" * 32})


def a_shorter_proof(forger):
    forger.members["consistency.proof"] = forger.members["consistency.proof"].split(b"\n", 1)[1]


def no_checkpoint_before(forger):
    del forger.members["previous.checkpoint"]


def the_checkpoint_at_the_end(forger):
    forger.members["previous.checkpoint"] = forger.members["checkpoint"]


SPOILED = [another_frontier, another_previous, a_shorter_proof, no_checkpoint_before, the_checkpoint_at_the_end]


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_range_that_does_not_continue_what_it_says_is_found(continued, verdict, log_key, spoil):
    forger = continued(log_key)
    spoil(forger)
    forger.seal(log_key)
    assert failing(verdict(forger, pinned_keys=[log_key.vkey])) - {"root"} == {"previous"}


def receipt_for(line, signer):
    """As the visitor got it, with a merge delay of no time: the log has later entries."""
    value, said = json.loads(line), shapes.said(line, LOG, 1)
    salts = {name: value[name] for name in ("evidence_salt", "subject_salt")}
    texts = {name: canonical_bytes(value[name]).decode() for name in ("evidence", "subject")}
    made = promise.Promise(LOG, said.leaf, said.received_ms, 0)
    opening = {"kind": value["kind"], "schema": value["schema"], **salts, **texts}
    return json.dumps({"opening": opening, "promise": promise.sign(made, signer)})


@pytest.fixture
def receipts():
    return Signer.generate(promise.key_name(LOG))


def test_a_receipt_that_the_log_left_out_is_evidence(thousand, operator, receipts):
    receipt = receipt_for(thousand.members[RECORDS].splitlines(keepends=True)[500], receipts)

    def honest(forger):
        forger.also = [receipts.vkey]

    def left_out(forger):
        forger.also = [receipts.vkey]
        forger.lines = renumbered(without(forger.lines, 500))
        forger.table()

    assert operator(honest, receipt_text=receipt).check("receipt").status == HOLDS
    assert failing(operator(left_out, receipt_text=receipt)) == {"receipt"}


def test_a_receipt_that_no_known_key_signed_is_worth_nothing(thousand, operator, receipts):
    receipt = receipt_for(thousand.members[RECORDS].splitlines(keepends=True)[500], receipts)
    assert failing(operator(lambda forger: None, receipt_text=receipt)) == {"receipt"}


def test_a_receipt_whose_promise_is_about_another_record_is_refused(thousand, operator, receipts):
    lines = thousand.members[RECORDS].splitlines(keepends=True)
    one, other = (json.loads(receipt_for(lines[at], receipts)) for at in (500, 501))

    def honest(forger):
        forger.also = [receipts.vkey]

    mixed = json.dumps({**one, "promise": other["promise"]})
    assert failing(operator(honest, receipt_text=mixed)) == {"receipt"}
