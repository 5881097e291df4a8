"""Registering the site's own privacy policy in the web UI."""

import pytest

from consent.db import db
from consent.notices import register
from tests.notices.conftest import TEXT
from tests.visitors.form import Page

PATH = "/admin/sites/{key}/privacy-policy"
FORM = {"version": "1", "language": "ja", "effective_on": "2026-04-01", "text": TEXT}


@pytest.fixture
def editor(person, site):
    return person("editor", site)


def kept(site):
    with db.engine.connect() as connection:
        return [(each.version, each.text) for each in register.of_site(connection, site.id)]


def test_an_editor_registers_a_text_and_reads_what_policy_and_text_do_not_both_say(editor, site):
    path = PATH.format(key=site.key)
    assert "No text is registered yet" in editor.get(path).text
    answer = editor.post(path, FORM)
    assert answer.status_code == 303
    assert kept(site) == [("1", TEXT)]
    page = Page(editor.get(answer.headers["Location"]).text)
    assert "Registered." in page.text
    assert "notice_service_missing" not in page.text, "titles, not codes"
    assert "The text does not describe this service" in page.text
    assert "in force" in page.text


def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(editor, site):
    path = PATH.format(key=site.key)
    for changes, status in (({"effective_on": "soon"}, 422), ({"version": ""}, 422)):
        answer = editor.post(path, {**FORM, **changes})
        assert answer.status_code == status
        assert "Google Analytics を使い" in answer.text
    assert kept(site) == []
    editor.post(path, FORM)
    answer = editor.post(path, {**FORM, "text": "別の文書です"})
    assert answer.status_code == 409
    assert "別の文書です" in answer.text
    assert kept(site) == [("1", TEXT)]


def test_a_version_shows_what_changed_since_the_one_before(editor, site):
    path = PATH.format(key=site.key)
    editor.post(path, FORM)
    editor.post(path, {**FORM, "version": "2", "effective_on": "2026-05-01", "text": TEXT + "新しい一文。"})
    links = [
        each["href"] for each in Page(editor.get(path).text).named("a") if "/privacy-policy/" in each.get("href", "")
    ]
    newest, first = links[:2]
    assert "新しい一文。" in Page(editor.get(newest).text).text
    assert "ins" in [tag for tag, _ in Page(editor.get(newest).text).tags]
    assert "ins" not in [tag for tag, _ in Page(editor.get(first).text).tags]


def test_a_text_of_another_site_is_not_there(person, editor, site, other_site):
    editor.post(PATH.format(key=site.key), FORM)
    with db.engine.connect() as connection:
        (made,) = register.of_site(connection, site.id)
    other = person("owner", other_site)
    assert other.get(f"{PATH.format(key=other_site.key)}/{made.id}").status_code == 404
    assert editor.get(f"{PATH.format(key=site.key)}/{made.id}").status_code == 200


def test_an_auditor_reads_and_registers_nothing(person, site):
    auditor = person("auditor", site)
    assert Page(auditor.get(PATH.format(key=site.key)).text).named("textarea") == []
    assert auditor.post(PATH.format(key=site.key), FORM).status_code == 403
    assert kept(site) == []


def test_a_text_with_markup_stays_text(editor, site):
    path = PATH.format(key=site.key)
    editor.post(path, {**FORM, "version": "<img src=x>", "text": "<script>alert(1)</script>"})
    page = editor.get(path)
    number = Page(page.text).named("a")
    shown = editor.get(next(each["href"] for each in number if "/privacy-policy/" in each.get("href", "")))
    for each in (page, shown):
        assert "<script>alert" not in each.text
        assert "<img src=x" not in each.text
