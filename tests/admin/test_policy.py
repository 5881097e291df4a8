"""The policy of a site in the web UI: written, checked, published, given back; and two people at once."""

import re

import pytest

from consent import clock, db, sites
from consent.policies import publish
from tests.people import Visitor, example_policy

POLICY = "/admin/sites/example/policy"
HOSTILE = "<img src=x onerror=alert(1)>\"'</script>"


@pytest.fixture
def editor(person, site):
    return person("editor", site)


@pytest.fixture
def empty_site(app):
    """Where nothing is published yet."""
    return db.transact(
        lambda connection: sites.create(
            connection, name="New", origins=["https://new.example"], key="new", now=clock.now()
        )
    )


def edition(page):
    return re.search(r'name="edition" value="(\d+)"', page)[1]


def send(person, path, data=None, *, of=None, base=POLICY):
    """Sends a form as it stands on the page at `of`, by default at its own path."""
    page = person.get(f"{base}{of or path}").text
    return person.post(f"{base}{path}", {"edition": edition(page), **(data or {})})


def published(site):
    with db.db.engine.connect() as connection:
        return publish.current(connection, site.id)


def test_a_first_policy_from_the_catalogue_to_its_publication(person, empty_site):
    base = "/admin/sites/new/policy"
    editor = person("editor", empty_site)
    assert "Nothing is published yet" in editor.get(base).text
    for preset, parameters in (
        ("ga4", {"parameter.measurement_id": "G-ABCDEF1234"}),
        ("hubspot", {"parameter.portal_id": "1234567"}),
    ):
        added = send(editor, "/catalogue", {"preset": preset}, base=base)
        assert added.status_code == 303, added.text
        place = added.location.partition("?")[0].removeprefix(base)
        names = re.findall(r'name="(parameter\.[a-z_]+)"', editor.get(base + place).text)
        assert set(parameters) <= set(names), names
        assert send(editor, place, parameters, base=base).status_code == 303
    page = editor.get(f"{base}/check").text
    assert "This is the first publication" in page
    assert send(editor, "/publish", of="/check", base=base).location == f"{base}?saved=published"
    assert published(empty_site).number == 1
    assert published(empty_site).published_by == editor.email
    assert "Published policy number 1" in person("owner", empty_site).get("/admin/sites/new/deeds").text


def test_a_material_change_says_how_many_are_asked_again(editor, app, site):
    Visitor(app.test_client(), site).decide("accept_all")
    Visitor(app.test_client(), site).decide("reject_all")
    send(editor, "/catalogue", {"preset": "google_search_console"})
    page = editor.get(f"{POLICY}/check").text
    assert "Material: 2 visitors" in page


def test_what_is_published_already_is_not_published_again(editor, site):
    before = published(site)
    answer = send(editor, "/publish", of="/check")
    assert answer.status_code == 409
    assert "nothing new to publish" in answer.text
    assert published(site) == before


def test_a_draft_with_errors_is_saved_only_when_the_file_can_be_read_and_never_published(editor, site):
    answer = send(editor, "/source", {"source": "schema: [1"})
    assert answer.status_code == 422
    assert "schema: [1" in answer.text, "what was written is still there"
    before = published(site)
    send(editor, "/catalogue", {"preset": "marketo"})
    page = editor.get(f"{POLICY}/check").text
    assert "Errors hold it up" in page
    assert send(editor, "/publish", of="/check").status_code == 422
    assert published(site) == before


def test_whoever_saves_second_loses_nothing_and_overwrites_nothing(person, site):
    one, other = person("editor", site), person("editor", site)
    source = other.get(f"{POLICY}/source").text
    opened = edition(source)
    send(
        one,
        "/consent",
        {"lifetime_days": "90", "cookie": "consent", "mode": "basic", "wait_for_update": "500", "law": "jp"},
    )
    text = example_policy().decode().replace("サンプル株式会社", "別の会社")
    answer = other.post(f"{POLICY}/source", {"edition": opened, "source": text})
    assert answer.status_code == 409
    assert "別の会社" in answer.text
    assert "lifetime_days: 90" in one.get(f"{POLICY}/source").text, "nothing of theirs is gone"
    again = other.post(f"{POLICY}/source", {"edition": edition(answer.text), "source": text})
    assert again.status_code == 303
    assert "別の会社" in one.get(f"{POLICY}/source").text


def test_an_older_version_can_be_published_again(editor, site):
    first = published(site)
    send(
        editor,
        "/consent",
        {"lifetime_days": "90", "cookie": "consent", "mode": "basic", "wait_for_update": "500", "law": "jp"},
    )
    send(editor, "/publish", of="/check")
    second = published(site)
    assert second.policy_version != first.policy_version
    assert editor.post(f"{POLICY}/versions/{first.policy_version}/publish").status_code == 303
    assert published(site).policy_version == first.policy_version
    assert published(site).number == 3


def test_a_version_of_another_site_is_nobodys(editor, other_site, empty_site):
    assert editor.get(f"{POLICY}/versions/{'0' * 64}").status_code == 404
    assert editor.get(f"{POLICY}/versions/nonsense").status_code == 404


def test_auditors_read_and_change_nothing(person, site):
    auditor = person("auditor", site)
    for part in (
        "",
        "/services",
        "/texts",
        "/basics",
        "/joint-use",
        "/look",
        "/consent",
        "/source",
        "/preview",
        "/check",
        "/catalogue",
    ):
        page = auditor.get(f"{POLICY}{part}")
        assert page.status_code == 200, part
        assert "btn-primary" not in page.text, part
    assert auditor.post(f"{POLICY}/source", {"edition": "0", "source": "x"}).status_code == 403


def test_every_text_is_text_on_every_page(editor, site):
    answer = send(
        editor,
        "/texts",
        {
            "text.body.ja": HOSTILE,
            "text.body.en": HOSTILE,
            "category.analytics.name.ja": HOSTILE,
            "category.analytics.name.en": HOSTILE,
        },
    )
    assert answer.status_code == 303, answer.text
    send(
        editor,
        "/basics",
        {
            "controller.name.ja": HOSTILE,
            "controller.name.en": HOSTILE,
            "privacy_policy.url.ja": "https://www.example.com/p",
            "privacy_policy.url.en": "https://www.example.com/p",
            "privacy_policy.version": "1",
        },
    )
    pages = ("", "/services", "/texts", "/basics", "/source", "/check", "/preview", "/preview/frame")
    for part in pages:
        page = editor.get(f"{POLICY}{part}").text
        assert "<img src=x" not in page, part
    assert (
        HOSTILE.replace('"', "&#34;").replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;")
        in editor.get(f"{POLICY}/texts").text
    )


def test_no_field_changes_more_than_its_page_shows(editor, site):
    send(
        editor,
        "/consent",
        {
            "lifetime_days": "90",
            "cookie": "consent",
            "mode": "basic",
            "wait_for_update": "500",
            "law": "jp",
            "controller.name": "Eve",
            "services": "[]",
            "schema": "2",
        },
    )
    source = editor.get(f"{POLICY}/source").text
    assert "Eve" not in source
    assert "lifetime_days: 90" in source


def test_a_file_is_opened_in_the_editor_and_nothing_is_saved_yet(editor, site):
    before = editor.get(f"{POLICY}/draft.yaml").text
    changed = before.replace("lifetime_days: ", "lifetime_days: 1")
    answer = editor.post(
        f"{POLICY}/source/upload", {"edition": "0", "file": (__import__("io").BytesIO(changed.encode()), "p.yaml")}
    )
    assert "The file is in the editor" in answer.text
    assert editor.get(f"{POLICY}/draft.yaml").text == before
