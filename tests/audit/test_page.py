"""The verdict as people read it: complete, in their language, and harmless whatever is in the bundle."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from consent.audit.verify import words
from consent.audit.verify.command import as_text, main
from consent.audit.verify.details import DETAILS
from consent.audit.verify.page import render
from consent.audit.verify.report import CHECKS, Check, Report
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
    for table in (words.WORDS, DETAILS):
        english = table["en"]
        for said in table.values():
            assert said.keys() == english.keys()
            named = [
                {code: set(re.findall(r"\{(\w+)", text)) for code, text in each.items()} for each in (said, english)
            ]
            assert named[0] == named[1]


def test_what_was_decided_and_under_which_words_is_there(report):
    page = Reader(render(report, "ja"))
    text = " ".join(page.text)
    for shown in ("すべて同意", "撤回", "Google LLC", "サンプル株式会社", "Cookieなどの利用について", "全1,000件"):
        assert shown in text
    assert "{site}" not in text
    assert page.tags.count("blockquote") == 1, "the one language that these visitors read"


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
    checks = tuple(Check(name, "fails", HOSTILE, HOSTILE) for name in CHECKS)
    for language in words.WORDS:
        page = render(Report(checks, about, summary), language)
        assert "<script" not in page
        assert Reader(page).active == []


def test_a_bundle_that_could_not_be_read_has_a_page_too(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"nothing")
    page = " ".join(Reader(render(verify(tmp_path / "broken.zip"), "en")).text)
    assert words.WORDS["en"]["verdict_fails"] in page


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
