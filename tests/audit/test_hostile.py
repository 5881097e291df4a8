"""A file made to break the verifier gets a verdict: a check that fails, by its name, and never a traceback."""

import io
import json
import re
import zipfile
from base64 import b64decode, b64encode
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.audit.verify import archive, decisions, part, policies, shapes, table
from consent.audit.verify.command import main
from consent.audit.verify.lines import LONGEST_LINE, LineInvalid
from consent.audit.verify.report import FAILS
from consent.audit.verify.verdict import verify
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import commit_subject
from tests.audit.forging import LOG, RECORDS, Forger, short, write


def failing(report):
    return {check.name for check in report.checks if check.status == FAILS}


@pytest.fixture
def verdict(tmp_path):
    def of(content):
        path = tmp_path / "hostile.zip"
        path.write_bytes(content)
        return failing(verify(path, processes=1))

    return of


def zipped(*members, how=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as made:
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"\x00" * 1000, b"PK\x03\x04" * 100])
def test_what_is_no_zip_of_a_bundle_fails(verdict, content):
    assert verdict(content) & {"archive", "manifest"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "records-000.jsonl/../x", "C:\\x", "extra.txt"])
def test_a_name_that_no_bundle_has_fails(verdict, name):
    assert verdict(zipped(("manifest.json", b"{}"), (name, b"x"))) == {"archive"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_fails(verdict):
    assert verdict(zipped(("manifest.json", b"{}"), ("manifest.json", b"{}"))) == {"archive"}


def test_a_file_packed_in_another_way_fails(verdict):
    assert verdict(zipped(("manifest.json", b"{}"), how=zipfile.ZIP_LZMA)) == {"archive"}


def test_a_manifest_that_unpacks_to_more_than_any_honest_one_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_DOCUMENT", 1_000)
    (tmp_path / "bomb.zip").write_bytes(zipped(("manifest.json", b" " * 1_001)))
    found = verify(tmp_path / "bomb.zip").check("manifest")
    assert (found.status, "1,001 bytes" in found.detail()) == (FAILS, True)


def test_too_many_files_fail(verdict, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    assert verdict(zipped(*((f"records-00{number}.jsonl", b"") for number in range(4)))) == {"archive"}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"7", b"\xff", b"{", b"[" * 100_000, b'{"version":1}', b'{"version":2}', b"1" * 5_000],
)
def test_a_manifest_that_is_none_fails(verdict, content):
    assert verdict(zipped(("manifest.json", content))) == {"manifest"}


@pytest.fixture
def spoiled(thousand, tmp_path):
    """A bundle with a manifest that fits, after one of its files was replaced."""

    def of(name, content):
        forger = Forger(thousand.members)
        forger.members[name] = content(forger.members[name]) if callable(content) else content
        forger.hashes()
        return failing(verify(write(forger.members, tmp_path / "hostile.zip"), processes=1))

    return of


HOSTILE_LINES = {
    "a bomb of brackets": b"[" * 100_000,
    "longer than any honest line": b'{"evidence":"' + b"x" * (LONGEST_LINE + 1) + b'"}',
    "longer than what is read at once": b"x" * (3 << 20),
    "not UTF-8": b'{"evidence":{"a":"\xff"}}',
    "a lone surrogate": b'{"evidence":{"a":"\\ud800"},"evidence_salt":"","index":0,"kind":1,"schema":1}',
    "a float": b'{"evidence":{},"evidence_salt":"","index":0.0,"kind":1,"schema":1}',
    "not a number": b'{"evidence":{},"evidence_salt":"","index":NaN,"kind":1,"schema":1}',
    "an endless number": b'{"evidence":{},"index":' + b"9" * 5_000 + b"}",
    "no object": b"[]",
    "nothing": b"",
    "a member twice": b'{"evidence":{},"evidence":{},"index":0,"kind":1,"schema":1}',
    "an unknown kind": b'{"evidence":{},"evidence_salt":"'
    + b"A" * 43
    + b'=","index":0,"kind":99999999999999999999,"schema":1}',
    "a schema of another size": b'{"evidence_commitment":"' + b"A" * 43 + b'=","index":0,"kind":1,"schema":-1}',
}


@pytest.mark.parametrize("line", HOSTILE_LINES.values(), ids=HOSTILE_LINES)
def test_a_hostile_line_fails_as_a_record(spoiled, line):
    found = spoiled(RECORDS, lambda content: line + b"\n" + content.split(b"\n", 1)[1])
    assert {"records", "root", "manifest_signature"} <= found


@pytest.mark.parametrize("content", [b"", b"no line at all", b"\n" * 100_000])
def test_a_hostile_file_of_records_fails(spoiled, content):
    assert {"records", "root"} <= spoiled(RECORDS, content)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"keys":[{"vkey":7}]}', b'{"keys":{"a":1}}']
)
def test_hostile_keys_fail(spoiled, content):
    assert {"manifest", "manifest_signature"} <= spoiled("keys.json", content)


@pytest.mark.parametrize("content", [b"", b"\xff", b"x", b"\n\n\n", b"a\nb\nc\n\n\xe2\x80\x94 a b\n"])
def test_a_hostile_checkpoint_fails(spoiled, content):
    assert "checkpoint" in spoiled("checkpoint", content)


@pytest.mark.parametrize("content", [b"{}\n", b"[]\n", b"\xff\n", b"[" * 100_000, b'{"entry":7}\n', b'{"entry":""}\n'])
def test_hostile_supplements_fail(thousand, tmp_path, content):
    forger = Forger(thousand.members)
    forger.members["supplements.jsonl"] = content
    forger.hashes()
    assert "absences" in failing(verify(write(forger.members, tmp_path / "hostile.zip"), processes=1))


def test_a_hostile_policy_fails(thousand, tmp_path):
    from hashlib import sha256

    for content in (b"[]", b"{}", b"\xff", b"[" * 50_000, b'{"categories":[{"id":[]}],"services":[]}'):
        forger = Forger(thousand.members)
        forger.members[f"policies/{sha256(content).hexdigest()}.json"] = content
        forger.hashes()
        assert "policies" in failing(verify(write(forger.members, tmp_path / "hostile.zip"), processes=1))


def test_a_key_or_receipt_that_is_none_is_said_and_not_taken_for_a_verdict(thousand, tmp_path, capsys):
    (tmp_path / "receipt.json").write_text("[]")
    assert main([str(thousand.path), "--key", "nonsense"], program="consent verify") == 2
    assert main([str(thousand.path), "--receipt", str(tmp_path / "receipt.json")], program="consent verify") == 2
    assert main([str(thousand.path), "--previous", str(tmp_path / "absent")], program="consent verify") == 2
    assert main([str(tmp_path / "absent.zip")], program="consent verify") == 1
    assert main([str(thousand.path), "--key", thousand.vkey, "--processes", "1"], program="consent verify") == 0
    assert "Traceback" not in capsys.readouterr().err


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="session")
def some_lines(thousand):
    return thousand.members[RECORDS].splitlines(keepends=True)[:40]


@st.composite
def changed(draw, lines):
    """A line with any member replaced, added or left out, in canonical spelling and in others."""
    value = json.loads(draw(st.sampled_from(lines)))
    half = draw(st.sampled_from(["evidence", "subject", None]))
    members = value.get(half, value)
    name = draw(st.sampled_from(sorted(members)) | st.text(max_size=5))
    if draw(st.booleans()):
        members[name] = draw(JSON | st.sampled_from([members.get(name)]))
    else:
        members.pop(name, None)
    spelling = draw(st.sampled_from([{"separators": (",", ":")}, {}, {"separators": (",", ":"), "ensure_ascii": True}]))
    text = json.dumps(value, sort_keys=True, **{"ensure_ascii": False, **spelling})
    return text.encode("utf-8", "surrogatepass").replace(b"\n", b"") + b"\n"


def without_subject(line):
    """Its commitment is left."""
    value = json.loads(line)
    commitment = commit_subject(b64decode(value.pop("subject_salt")), canonical_bytes(value.pop("subject")))
    return canonical_bytes({**value, "subject_commitment": b64encode(commitment).decode()}) + b"\n"


def together(lines, index):
    """What the long way makes of them, as the short way says it; None where anything is wrong or calls for a look."""
    found = []
    for place, line in enumerate(lines, index):
        try:
            said = shapes.said(line, LOG, 1)
        except LineInvalid:
            return None
        if said.wrong or said.leaf_index != place or not said.decided or said.evidence_absent:
            return None
        found.append(said)
    decided = [said.decided for said in found]
    received = [said.received_ms for said in found]
    return decisions.Decisions(
        leaves=[said.leaf for said in found],
        subject_absent=[said.leaf_index for said in found if said.subject_absent],
        record_ids=b"".join(said.record_id for said in found),
        received_ms=[received[0], received[-1]] if received == sorted(received) else received,
        scripts={each.script for each in decided if each.script},
        choices={(said.policy_version, said.decided.categories, said.decided.services) for said in found},
        counts=Counter((each.day, each.decision) for each in decided),
        rows=b"".join(each.row for each in decided),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_the_short_way_reads_nothing_that_the_long_way_would_not(some_lines, data):
    """Lines of which one is changed; of some the subject half may be gone."""
    start = data.draw(st.integers(2, 36))
    lines = some_lines[start : start + data.draw(st.integers(1, 4))]
    lines = [without_subject(line) if data.draw(st.booleans()) else line for line in lines]
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(changed([lines[at]]))
    known = short(lines, start)
    assert known is None or known == together(lines, start)


def test_the_short_way_says_of_many_lines_what_the_long_way_says(thousand):
    """Nine at a time, from one with an escape to the next."""
    lines = thousand.members[RECORDS].splitlines(keepends=True)
    runs = [(start, lines[start : start + 9]) for start in range(2, len(lines) - 9, 10)]
    assert len(runs) > 90
    assert all(short(run, start) == together(run, start) is not None for start, run in runs)
    gone = [(start, list(map(without_subject, run))) for start, run in runs[:20]]
    assert all(short(run, start) == together(run, start) is not None for start, run in gone)


def test_most_lines_take_the_short_way(some_lines):
    long = [number for number, line in enumerate(some_lines) if short([line]) is None]
    assert long == [0, 1, 11, 21, 31], "an event, and the texts with an escape"


@pytest.fixture(scope="session")
def a_part(thousand, tmp_path_factory):
    """What is found in lines from the leaf `start` on: by both ways, and by the long way alone."""
    names = [name for name in thousand.members if name.startswith("policies/")]
    facts = {
        name[9:-5]: policies.read(name.removeprefix("policies/").removesuffix(".json"), thousand.members[name])[0]
        for name in names
    }
    path = tmp_path_factory.mktemp("parts") / "part.zip"

    def of(lines, monkeypatch, *, start=0, end=0, **asked):
        write({RECORDS: b"".join(lines)}, path)
        task = part.Task(path, RECORDS, start, start + len(lines) + end, LOG, 1, facts, samples=5, **asked)
        both = part.verify_part(task)
        with monkeypatch.context() as patched:
            patched.setattr(decisions, "read", lambda *_: None)
            return both, part.verify_part(task)

    return of


def with_line(lines, line):
    return [*lines[:26], line, *lines[27:]]


def saying(lines, **members):
    value = json.loads(lines[26])
    value["evidence"] |= members
    return with_line(lines, canonical_bytes(value) + b"\n")


def with_path(lines, start):
    return with_line(lines, lines[26].replace(b'"page_path":"', b'"page_path":"' + start))


PARTS = {
    "as it was": (lambda lines: lines, {}),
    "asked for a size": (lambda lines: lines, {"mark": 25}),
    "asked for a leaf": (lambda lines: lines, {"wanted": 25}),
    "a line is missing": (lambda lines: [*lines[:26], *lines[27:]], {}),
    "a time that steps back": (lambda lines: saying(lines, received_time="2001-01-01T00:00:00.000Z"), {}),
    "a day that there is not": (lambda lines: saying(lines, received_time="2026-02-31T00:00:00.000Z"), {}),
    "choices that the policy does not know": (lambda lines: saying(lines, services={"unheard-of": True}), {}),
    "subjects are gone": (lambda lines: [*lines[:26], *map(without_subject, lines[26:])], {}),
    "another log": (lambda lines: saying(lines, log="other.example.com/consent/example"), {}),
    "another kind": (lambda lines: with_line(lines, lines[26].replace(b'"kind":1', b'"kind":2')), {}),
    "another schema": (lambda lines: with_line(lines, lines[26].replace(b'"schema":1', b'"schema":2')), {}),
    "an unreadable line": (lambda lines: with_line(lines, b"{}\n"), {}),
    "something before a line": (lambda lines: with_line(lines, b" " + lines[26]), {}),
    "something behind a line": (lambda lines: with_line(lines, lines[26][:-1] + b" \n"), {}),
    "a line end in a text": (lambda lines: with_path(lines, b"\n"), {}),
    "a bare control character in a text": (lambda lines: with_path(lines, b"\t"), {}),
    "a text of no characters": (lambda lines: with_path(lines, b"\xff"), {}),
    "a quote in a text": (lambda lines: with_path(lines, b'"'), {}),
    "an escape that is not needed in a text": (lambda lines: with_path(lines, b"\\/"), {}),
    "a bare control character in the frame": (lambda lines: with_line(lines, lines[26].replace(b"opt", b"\topt")), {}),
    "one line too many": (lambda lines: [*lines[:27], *lines[26:]], {"end": -1}),
}


@pytest.mark.parametrize(("change", "asked"), PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("among", [slice(0, 60), slice(22, 31)], ids=["among others", "among its like"])
def test_a_part_says_the_same_by_whichever_way_it_is_read(thousand, a_part, monkeypatch, change, asked, among):
    lines = thousand.members[RECORDS].splitlines(keepends=True)[:60]
    if "wanted" in asked:
        asked = {"wanted": short([lines[asked["wanted"]]]).leaves[0]}
    both, long = a_part(change(lines)[among], monkeypatch, start=among.start, **asked)
    assert both == long
    assert bool(long.problems) == (change(lines) != lines and not long.absent)


PATHS = [b"", b"/", b"/a", b"/,", b'/"', b"=", b"=,", b"-/", b"a", b"\n", b"/\n/", b"/\n,"]


@given(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3))
def test_paths_stand_in_the_table_the_same_whether_written_together_or_one_by_one(paths):
    together = table.written("page_path", paths)
    assert list(together) == [table.written("page_path", [b"=", path])[1] for path in paths]


@pytest.mark.parametrize("most", [0, 1])
def test_a_name_too_many_is_found_at_its_leaf(thousand, a_part, monkeypatch, most):
    monkeypatch.setattr(part, "MOST_NAMES", most)
    both, long = a_part(thousand.members[RECORDS].splitlines(keepends=True)[:60], monkeypatch)
    assert both == long
    assert bool(long.problems) == (most == 0)


OTHER_SPELLINGS = {
    "an escape that is not needed": lambda line: line.replace(b'"language":"ja"', b'"language":"\\u006aa"'),
    "a space": lambda line: line.replace(b'"kind":', b'"kind": '),
    "another order": lambda line: re.sub(rb'("kind":\d),("schema":1)', rb"\2,\1", line),
    "a member twice": lambda line: line.replace(b'"kind":', b'"kind":1,"kind":'),
    "a number with a zero in front": lambda line: line.replace(b'"index":', b'"index":0'),
    "salts in another base64": lambda line: re.sub(rb'(_salt":"[^"]{42}).=', rb"\1B=", line),
}


@pytest.mark.parametrize("respell", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS)
def test_a_line_in_another_spelling_is_refused_though_it_says_the_same(some_lines, respell):
    line = next(each for each in some_lines[2:] if b'"language":"ja"' in each)
    other = respell(line)
    assert other != line
    assert short([other]) is None
    with pytest.raises(LineInvalid):
        shapes.said(other, LOG, 1)
