"""The site's own text is kept as it was, under its version, and its hash is in the log."""

import hashlib
from datetime import UTC, date, datetime

import pytest
import time_machine
from click.testing import CliRunner

from consent.accounts import deeds
from consent.db import db
from consent.notices import comparing, register
from consent.notices.cli import notice as command
from consent.notices.register import NoticeConflict, NoticeInvalid, NoticeUnknown
from consent.phrases import MAY_BREAK
from tests.notices.conftest import TEXT
from tests.visitors.form import Page


def in_force(site, day, language="ja"):
    with db.engine.connect() as connection:
        found = register.in_force(connection, site.id, language, date.fromisoformat(day))
    return found and found.version


def test_a_text_is_kept_byte_for_byte_and_its_hash_is_in_the_log(site, add_notice):
    made = add_notice()
    assert made.text == TEXT
    assert made.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    with db.engine.connect() as connection:
        assert register.read(connection, site.id, "1", "ja") == made
        (deed,), _ = deeds.of_site(connection, site.id)
    assert deed.what == "privacy_notice_added"
    assert deed.details == {"version": "1", "language": "ja", "effective_on": "2026-04-01", "sha256": made.sha256}


def test_the_same_again_changes_nothing(site, add_notice):
    assert add_notice() == add_notice(text=TEXT.replace("\n", "\r\n"))
    with db.engine.connect() as connection:
        assert len(register.of_site(connection, site.id)) == 1
        assert len(deeds.of_site(connection, site.id)[0]) == 1


@pytest.mark.parametrize("changes", [{"text": "別の文書"}, {"effective_on": "2026-05-01"}])
def test_a_registered_text_is_never_replaced(add_notice, changes):
    add_notice()
    with pytest.raises(NoticeConflict):
        add_notice(**changes)
    assert add_notice(version="2", **changes).version == "2"
    assert add_notice(language="en", **changes).language == "en"


@pytest.mark.parametrize(
    "changes",
    [
        {"version": ""},
        {"version": "x" * 61},
        {"version": " 1"},
        {"version": "1/2"},
        {"language": "japanese!"},
        {"effective_on": "2026-02-30"},
        {"effective_on": "20260401"},
        {"text": " \n"},
        {"text": "x" * 200_001},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_does_not_fit_is_refused(site, add_notice, changes):
    with pytest.raises(NoticeInvalid):
        add_notice(**changes)
    with db.engine.connect() as connection:
        assert register.of_site(connection, site.id) == []


def test_the_text_in_force_is_the_last_that_has_begun(site, other_site, add_notice):
    add_notice()
    add_notice(version="2", effective_on="2026-10-01")
    add_notice(version="3", effective_on="2026-07-01")
    found = {day: in_force(site, day) for day in ("2026-03-31", "2026-04-01", "2026-09-30", "2026-10-01")}
    assert found == {"2026-03-31": None, "2026-04-01": "1", "2026-09-30": "3", "2026-10-01": "2"}
    assert in_force(site, "2026-10-01", "en") is None
    assert in_force(other_site, "2026-10-01") is None


def test_what_changed_is_shown_line_by_line():
    old = "a\nb\nc\nd\ne\nf\ng\nh\ni"
    found = [(each.kind, each.text) for each in comparing.lines(old, old.replace("b", "B").replace("i", "I"))]
    assert [each for each in found if each[0] != "same"] == [
        ("removed", "b"),
        ("added", "B"),
        ("gap", ""),
        ("removed", "i"),
        ("added", "I"),
    ]
    assert list(comparing.lines(old, old)) == []


@pytest.fixture
def run(app, tmp_path):
    def go(*arguments, text=TEXT):
        (tmp_path / "notice.txt").write_text(text, "utf-8")
        arguments = [str(tmp_path / "notice.txt") if each == "FILE" else each for each in arguments]
        return CliRunner().invoke(command, arguments)

    return go


def test_the_command_line_registers_lists_shows_compares_and_checks(run, site):
    key = ("--site", site.key)
    assert "Registered as version 1" in run("add", *key, "--version", "1", "--effective", "2026-04-01", "FILE").output
    later = ("--version", "2", "--effective", "2026-06-01", "FILE")
    assert run("add", *key, *later, text=TEXT.replace("米国", "カナダ")).exit_code == 0
    listed = run("list", *key).output
    assert "2026-04-01" in listed
    assert "2026-06-01" in listed
    assert run("show", *key, "1").output == TEXT
    changed = run("diff", *key, "1", "2").output
    assert "- データは米国で" in changed
    assert "+ データはカナダで" in changed
    assert "notice_country_missing" in run("check", *key, "--format", "json").output
    assert "notice_country_missing" not in run("check", *key, "--format", "json", "FILE").output


def test_the_command_line_says_what_is_missing(run, site, other_site):
    assert "No text is registered yet" in run("list", "--site", site.key).output
    assert isinstance(run("show", "--site", site.key, "9").exception, NoticeUnknown)
    assert isinstance(run("check", "--site", site.key).exception, NoticeUnknown)


def test_everybody_reads_what_is_in_force_and_each_version(client, site, add_notice):
    add_notice()
    add_notice(version="2", effective_on="2999-01-01", text=TEXT + "追加の一文。\n")
    now = Page(client.get(f"/notices/{site.key}").text)
    assert "Google Analytics" in now.text
    assert "追加の一文" not in now.text
    assert MAY_BREAK not in now.html, "whoever copies the text copies what its hash is of"
    later = Page(client.get(f"/notices/{site.key}/2").text)
    assert "追加の一文" in later.text
    assert "ins" in [tag for tag, _ in later.tags], "what changed"
    assert later.named("script") == []
    assert later.fetched() == []


def test_before_the_first_and_for_another_version_it_is_404(client, site, add_notice):
    assert client.get(f"/notices/{site.key}").status_code == 404
    add_notice(effective_on="2999-01-01")
    assert client.get(f"/notices/{site.key}").status_code == 404, "not in force yet"
    assert client.get(f"/notices/{site.key}/1").status_code == 200
    assert client.get(f"/notices/{site.key}/2").status_code == 404
    assert client.get("/notices/nobody").status_code == 404


def test_a_text_with_markup_stays_text(client, site, add_notice):
    add_notice(text="<script>alert(1)</script>", version="<b>1")
    page = Page(client.get(f"/notices/{site.key}").text)
    assert page.named("script") == []
    assert page.named("b") == []
    assert "<script>alert(1)</script>" in page.text


def test_a_text_comes_into_force_at_midnight_in_japan(client, site, add_notice):
    add_notice(effective_on="2026-04-01")
    with time_machine.travel(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC), tick=False) as moment:
        assert client.get(f"/notices/{site.key}").status_code == 404
        moment.shift(1)
        assert client.get(f"/notices/{site.key}").status_code == 200
