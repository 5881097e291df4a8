"""Joint use (APPI Article 27(5)(iii)) as a form: what it writes into the file, and two people at it at once."""

import html

import pytest

from consent.admin.policy_joint_use import SPARE_ROWS
from tests.admin.test_policy import HOSTILE, POLICY, edition, send
from tests.admin.test_policy_at_once import source_in
from tests.admin.test_policy_forms import draft, saved, write
from tests.disclosure.conftest import JOINT_USE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ADD, ONE = "/add-joint-use", "/joint-use/group"
TYPED = {
    "name.ja": "グループ会社との共同利用",
    "name.en": "Joint use within the group",
    "items": ["ip", "page_url"],
    "item.0.ja": "氏名",
    "item.0.en": "Name",
    "item.2.ja": "電話番号",
    "item.2.en": "Telephone",
    "users.ja": "当社の子会社",
    "users.en": "Our subsidiaries",
    "purpose.ja": "お問い合わせへの対応",
    "purpose.en": "To answer questions",
    "responsible.name.ja": "見本株式会社",
    "responsible.name.en": "見本株式会社",
    "responsible.address.ja": "東京都",
    "responsible.address.en": "Tokyo",
    "responsible.representative.ja": "",
    "responsible.representative.en": "",
} | {f"item.{row}.{language}": "" for row in (1, 3) for language in ("ja", "en")}


@pytest.fixture
def editor(person, site):
    return person("editor", site)


@pytest.fixture
def with_one(editor):
    write(editor, lambda policy: policy.update(joint_use=[JOINT_USE]))
    return editor


def test_one_is_added_in_every_language_with_items_of_the_catalogue_and_of_ones_own(editor):
    assert "No joint use" in editor.get(f"{POLICY}/joint-use").text
    (found,) = saved(editor, ADD, TYPED)["joint_use"]
    assert found == {
        "id": "joint-use",
        "name": {"ja": "グループ会社との共同利用", "en": "Joint use within the group"},
        "items": ["ip", "page_url", {"ja": "氏名", "en": "Name"}, {"ja": "電話番号", "en": "Telephone"}],
        "users": {"ja": "当社の子会社", "en": "Our subsidiaries"},
        "purpose": {"ja": "お問い合わせへの対応", "en": "To answer questions"},
        "responsible": {"name": "見本株式会社", "address": {"ja": "東京都", "en": "Tokyo"}},
    }
    page = editor.get(f"{POLICY}/joint-use").text
    assert all(each in page for each in ("Joint use within the group", "Telephone", "Our subsidiaries", "Tokyo"))
    assert [each["id"] for each in saved(editor, ADD, TYPED)["joint_use"]] == ["joint-use", "joint-use-2"]


def test_a_new_one_begins_with_the_site_itself_as_the_one_responsible(editor):
    write(editor, lambda policy: policy["controller"].update(name={"ja": "甲社", "en": "Kou Inc."}))
    page = editor.get(f"{POLICY}{ADD}").text
    assert 'name="responsible.name.en" value="Kou Inc."' in page


@pytest.mark.parametrize("left_out", ["purpose", "items", "responsible.address"])
def test_what_the_law_wants_is_not_left_out_and_nothing_typed_is_lost(editor, left_out):
    typed = {name: value for name, value in TYPED.items() if not name.startswith((f"{left_out}.", left_out))}
    if left_out == "items":
        typed = {name: value for name, value in typed.items() if not name.startswith("item.")}
    answer = send(editor, ADD, typed)
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.text
    assert "グループ会社との共同利用" in answer.text
    assert draft(editor).get("joint_use", []) == []


def test_the_form_shows_the_file_and_saving_it_as_it_is_changes_nothing(with_one):
    before = draft(with_one)["joint_use"]
    page = with_one.get(f"{POLICY}{ONE}").text
    assert page.count('name="item.') == 2 * (1 + SPARE_ROWS)
    as_it_is = {
        "name.ja": JOINT_USE["name"]["ja"],
        "name.en": JOINT_USE["name"]["en"],
        "items": ["page_url"],
        **{f"item.0.{language}": text for language, text in JOINT_USE["items"][1].items()},
        **{f"{field}.{each}": JOINT_USE[field][each] for field in ("users", "purpose") for each in ("ja", "en")},
        **{f"responsible.name.{each}": JOINT_USE["responsible"]["name"] for each in ("ja", "en")},
        **{
            f"responsible.{k}.{each}": JOINT_USE["responsible"][k][each]
            for k in ("address", "representative")
            for each in ("ja", "en")
        },
    }
    assert all(html.escape(text) in page for name, text in as_it_is.items() if name != "items")
    assert saved(with_one, ONE, as_it_is)["joint_use"] == before


def test_a_row_that_is_emptied_is_gone_in_languages_that_the_policy_does_not_speak_too(editor):
    item = {"ja": "氏名", "en": "Name", "de": "Name"}
    write(editor, lambda policy: policy.update(joint_use=[{**JOINT_USE, "items": ["ip", item]}]))
    (kept,) = saved(editor, ONE, {**TYPED, "item.0.en": "Full name"})["joint_use"]
    assert {"ja": "氏名", "en": "Full name", "de": "Name"} in kept["items"]
    (found,) = saved(editor, ONE, {**TYPED, "item.0.ja": "", "item.0.en": ""})["joint_use"]
    assert found["items"] == ["ip", "page_url", {"ja": "電話番号", "en": "Telephone"}]


def test_no_field_brings_in_more_than_the_form_has(with_one):
    (found,) = saved(with_one, ONE, {**TYPED, "id": "other", "responsible.country": "US", "users": "x"})["joint_use"]
    assert found["id"] == "group"
    assert found["responsible"].keys() <= {"name", "address", "representative"}
    assert found["users"]["en"] == "Our subsidiaries"


def test_it_is_removed(with_one):
    assert saved(with_one, f"{ONE}/remove", {}, of="/joint-use").get("joint_use", []) == []


def test_whoever_saves_second_sees_both_and_overwrites_nothing(with_one, person, site):
    other = person("editor", site)
    read = edition(other.get(f"{POLICY}{ONE}").text)
    saved(with_one, ONE, {**TYPED, "users.en": "Theirs alone"})
    answer = other.post(f"{POLICY}{ONE}", {**TYPED, "edition": read, "users.en": "Mine alone"})
    assert answer.status_code == 409
    assert "Theirs alone" in answer.text
    assert "Mine alone" in source_in(answer.text)
    assert draft(with_one)["joint_use"][0]["users"]["en"] == "Theirs alone"


def test_one_that_somebody_removes_meanwhile_comes_back_by_saving_over_it(with_one, person, site):
    other = person("editor", site)
    read = edition(other.get(f"{POLICY}{ONE}").text)
    saved(with_one, f"{ONE}/remove", {}, of="/joint-use")
    answer = other.post(f"{POLICY}{ONE}", {**TYPED, "edition": read})
    assert answer.status_code == 409
    assert "id: group" in source_in(answer.text)
    again = other.post(f"{POLICY}/source", {"edition": edition(answer.text), "source": source_in(answer.text)})
    assert again.status_code == 303, again.text
    assert draft(other)["joint_use"][0]["id"] == "group"


def test_one_that_never_was_is_nothing(editor):
    read = edition(editor.get(f"{POLICY}{ADD}").text)
    assert editor.get(f"{POLICY}/joint-use/nothing").status_code == 404
    assert editor.post(f"{POLICY}/joint-use/nothing", {**TYPED, "edition": read}).status_code == 404


def test_every_text_is_text(editor):
    hostile = {name: HOSTILE if isinstance(value, str) and value else value for name, value in TYPED.items()}
    saved(editor, ADD, hostile)
    for path in ("/joint-use", "/joint-use/joint-use", "/check", "/source"):
        page = editor.get(f"{POLICY}{path}").text
        assert "<img src=x" not in page, path
        assert "&lt;img src=x" in page, path


def test_auditors_read_it_and_change_nothing(with_one, person, site):
    auditor = person("auditor", site)
    page = auditor.get(f"{POLICY}/joint-use").text
    assert "Our subsidiaries" in page
    assert "/remove" not in page
    assert "readonly" in auditor.get(f"{POLICY}{ONE}").text
    assert auditor.post(f"{POLICY}{ONE}", TYPED).status_code == 403
