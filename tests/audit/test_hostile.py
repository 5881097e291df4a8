"""A file made to break the verifier gets a verdict: a check that fails, by its name, and never a traceback."""

import io
import json
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.audit.verify import archive, decisions, shapes
from consent.audit.verify.command import main
from consent.audit.verify.lines import LONGEST_LINE, LineInvalid
from consent.audit.verify.report import FAILS
from consent.audit.verify.verdict import verify
from tests.audit.forging import LOG, RECORDS, Forger, write


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


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_the_short_way_reads_nothing_that_the_long_way_would_not(some_lines, data):
    """A line with any member replaced, added or left out, in canonical spelling and in others."""
    value = json.loads(data.draw(st.sampled_from(some_lines)))
    half = data.draw(st.sampled_from(["evidence", "subject", None]))
    members = value[half] if half else value
    name = data.draw(st.sampled_from(sorted(members)) | st.text(max_size=5))
    if data.draw(st.booleans()):
        members[name] = data.draw(JSON | st.sampled_from([members.get(name)]))
    else:
        members.pop(name, None)
    spelling = data.draw(
        st.sampled_from([{"separators": (",", ":")}, {}, {"separators": (",", ":"), "ensure_ascii": True}])
    )
    raw = (
        json.dumps(value, sort_keys=True, **{"ensure_ascii": False, **spelling}).encode("utf-8", "surrogatepass")
        + b"\n"
    )
    short = decisions.read(raw, LOG)
    try:
        long = shapes.said(raw, LOG, 1)
    except LineInvalid:
        long = None
    assert short is None or short == long


def test_most_lines_take_the_short_way(some_lines):
    long = [number for number, line in enumerate(some_lines) if decisions.read(line, LOG) is None]
    assert long == [0, 1, 11, 21, 31], "an event, and the texts with an escape"


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
    assert decisions.read(other, LOG) is None
    with pytest.raises(LineInvalid):
        shapes.said(other, LOG, 1)
