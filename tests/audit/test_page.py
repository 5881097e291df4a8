"""The verdict as people read it: complete, in their language, and harmless whatever is in the bundle."""

import ast
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from consent import merkle
from consent.audit import verify as verification
from consent.audit.verify import words
from consent.audit.verify.command import as_text, main
from consent.audit.verify.details import DETAILS
from consent.audit.verify.failures import FAILURES
from consent.audit.verify.page import render
from consent.audit.verify.report import CHECKS, Check, Report
from consent.audit.verify.told import Told
from consent.audit.verify.verdict import verify
from tests.audit.forging import RECORDS, Forger, write


@pytest.fixture(scope="module")
def report(thousand):
    return verify(thousand.path, pinned_keys=[thousand.vkey], processes=1)


class Reader(HTMLParser):
    """What of a page a browser would fetch or run, and its text."""

    def __init__(self, page):
        super().__init__()
        self.active, self.text, self.tags = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.active += [name for name, _ in attributes if name in ("src", "href", "srcset") or name.startswith("on")]
        self.active += [tag] if tag in ("script", "link", "iframe", "img", "object", "form") else []

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("language", words.WORDS)
def test_every_check_is_on_the_page_in_its_language(report, language):
    text = " ".join(Reader(render(report, language)).text)
    assert [name for name in CHECKS if words.WORDS[language][name] not in text] == []
    assert words.WORDS[language]["verdict_holds"] in text


def test_every_language_says_everything_with_the_same_values():
    for table in (words.WORDS, DETAILS, FAILURES):
        english = table["en"]
        for said in table.values():
            assert said.keys() == english.keys()
            named = [
                {code: set(re.findall(r"\{(\w+)", text)) for code, text in each.items()} for each in (said, english)
            ]
            assert named[0] == named[1]


def test_all_that_is_said_in_japanese_is_japanese():
    assert [code for code, text in FAILURES["ja"].items() if not re.search("[ぁ-んァ-ヶ一-龠]", text)] == []


def _nodes(folder, kind):
    for path in sorted(Path(folder.__file__).parent.glob("*.py")):
        yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kind))


SAYING = re.compile(r"Fault|NotCanonical|Told|_fail|holds|skips|(?!Tile)\w+Invalid")  # no verifier reads tiles


def _codes(folder):
    """What the sources say by its code: the first argument of an error, of Told and of `_fail`, the second of a verdict."""
    for node in _nodes(folder, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        if SAYING.fullmatch(name):
            given = node.args[1:2] if name in ("holds", "skips") else node.args[:1]
            yield from (each.value for code in given for each in ast.walk(code) if isinstance(each, ast.Constant))


def _raised(folder):
    return {ast.unparse(node.exc.func) for node in _nodes(folder, ast.Raise) if isinstance(node.exc, ast.Call)}


def test_all_that_a_verifier_can_say_has_words_and_nothing_else_has():
    said = {*_codes(verification), *_codes(merkle)}
    assert DETAILS["en"].keys() & FAILURES["en"].keys() == set()
    assert said == DETAILS["en"].keys() | FAILURES["en"].keys()
    assert {name for name in _raised(verification) if not name.endswith("Invalid")} == {"argparse.ArgumentTypeError"}


def test_a_failure_and_its_reason_are_told_in_japanese(thousand, tmp_path):
    report = verify(thousand.path, previous="nonsense", processes=1)
    held = report.check("held")
    assert held.detail() == "the checkpoint that you gave: a note is text, an empty line and lines of signatures"
    said = "ご指定のチェックポイントに誤りがあります（ノートが、本文、空行、署名の行という形式になっていません）"
    assert said in render(report, "ja")
    assert said in as_text(report, "ja")
    told = next(check for check in report.as_json()["checks"] if check["name"] == "held")
    assert (told["code"], told["values"]) == ("held_invalid", {"why": {"code": "note_form", "values": {}}})


def test_the_place_of_a_failure_is_told_in_japanese(thousand, tmp_path):
    forger = Forger(thousand.members)
    forger.edit(500, lambda value: value["evidence"].update(received_time="2020-01-01T00:00:00.000Z"))
    report = verify(write(forger.members, tmp_path / "forged.zip"), processes=1)
    page = Reader(render(report, "ja")).text
    assert "受信時刻が、前の記録より前です" in page[page.index("500番") - 1]


def test_a_key_that_is_none_is_told_in_the_language_of_the_report(thousand, capsys):
    assert main([str(thousand.path), "--key", "x", "--language", "ja"], program="consent verify") == 2
    assert "ご指定の公開鍵が正しくありません（公開鍵の方式がEd25519ではありません）" in capsys.readouterr().err


def test_what_was_decided_and_under_which_words_is_there(report):
    page = Reader(render(report, "ja"))
    text = " ".join(page.text)
    for shown in ("すべて同意", "撤回", "Google LLC", "サンプル株式会社", "Cookieなどの利用について", "全1,000件"):
        assert shown in text
    assert "{site}" not in text
    assert page.tags.count("blockquote") == 1, "the one language that these visitors read"


def test_a_time_and_an_option_are_not_torn_in_two(report):
    assert '<span class="whole">--previous</span>' in render(report, "en")
    period = [report.about[name].replace("T", " ").removesuffix(".000Z") for name in ("since", "until")]
    assert [f'<span class="whole">{each}</span>' in render(report, "ja") for each in period] == [True, True]


def test_the_page_fetches_and_runs_nothing(report):
    page = render(report, "en")
    assert Reader(page).active == []
    assert "url(" not in page
    assert "default-src 'none'" in page


HOSTILE = '<script src="https://evil.example">\'"&</script>'


def test_nothing_in_a_bundle_becomes_a_part_of_the_page():
    """Every value of the report and of its summary, and policies of the strangest making."""
    record = {
        "leaf": 1,
        "received_time": HOSTILE,
        "decision": HOSTILE,
        "services": {HOSTILE: True},
        "language": HOSTILE,
        "policy_version": HOSTILE,
    }
    strange = {
        "controller": {"name": {"en": HOSTILE}},
        "privacy_policy": {"version": HOSTILE},
        "texts": {HOSTILE: {"title": HOSTILE, "body": 7}},
        "categories": [{"id": HOSTILE, "name": [HOSTILE]}],
        "services": [{"id": HOSTILE, "category": HOSTILE, "vendor": HOSTILE, "name": None, "purpose": {"x": HOSTILE}}],
        "vendors": {HOSTILE: {"name": {"en": HOSTILE}, "country": HOSTILE}},
    }
    empty = {"categories": [], "services": [], "texts": [], "vendors": 7, "controller": None}
    summary = {
        "counts": Counter({(HOSTILE, "accept_all"): 3}),
        "samples": [record],
        "policies": {HOSTILE: strange, "b": empty},
    }
    about = {
        **dict.fromkeys(("origin", "since", "until", "tool", "site"), HOSTILE),
        "from": 0,
        "to": 1,
        "mode": "full",
        "complete": False,
    }
    told = Told("receipt_promise", {"why": Told("checkpoint_origin", {"origin": HOSTILE})})
    checks = tuple(Check(name, "fails", told, HOSTILE) for name in CHECKS)
    for language in words.WORDS:
        page = render(Report(checks, about, summary), language)
        assert "<script" not in page
        assert Reader(page).active == []


def test_a_bundle_that_could_not_be_read_has_a_page_too(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"nothing")
    page = " ".join(Reader(render(verify(tmp_path / "broken.zip"), "en")).text)
    assert words.WORDS["en"]["verdict_fails"] in page
    assert " · " not in page, "of no site, and nothing hangs on it"


def test_the_first_thing_that_does_not_fit_is_named(thousand, tmp_path, capsys):
    forger = Forger(thousand.members)
    forger.members[RECORDS] = forger.members[RECORDS].replace(b'"kind":1', b'"kind": 1', 1)
    path = write(forger.members, tmp_path / "forged.zip")
    out = tmp_path / "report.html"
    assert main([str(path), "--html", str(out), "--processes", "1"], program="consent verify") == 1
    assert "[leaf " in capsys.readouterr().out or "records-000.jsonl" in out.read_text()


def test_an_unknown_signer_is_said_beside_the_verdict(thousand, report):
    unknown = verify(thousand.path, processes=1)
    assert words.WORDS["en"]["verdict_key"] in as_text(unknown, "en")
    assert words.WORDS["en"]["verdict_key"] not in as_text(report, "en")
