"""Making a site in the browser."""

import pytest

from consent import sites
from consent.accounts import deeds, roles
from consent.db import db
from tests.admin.people import Person

NEW = {"name": "コーポレートサイト", "origins": "www.example.co.jp\r\nhttps://shop.example.co.jp/", "cookie_domain": ""}


@pytest.fixture
def creator(person):
    return person(creates_sites=True)


def every_site():
    with db.engine.connect() as connection:
        return sites.everyone(connection)


def test_whoever_makes_a_site_owns_it_and_comes_to_its_page(creator):
    answer = creator.post("/admin/sites/new", NEW)
    (made,) = every_site()
    assert (answer.status_code, answer.location) == (303, f"/admin/sites/{made.key}/")
    assert made.name == "コーポレートサイト"
    assert made.origins == {"https://www.example.co.jp", "https://shop.example.co.jp"}
    with db.engine.connect() as connection:
        (owner,) = roles.members(connection, made.id)
        (deed,), _ = deeds.of_site(connection, made.id)
    assert (owner.email, owner.role) == (creator.email, "owner")
    assert (deed.what, deed.by) == ("site_created", creator.email)
    page = creator.get(answer.location).text
    assert "Three steps to the first record" in page
    assert f'href="/admin/sites/{made.key}/install"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give the site a name"),
        ({"name": "x" * 201}, "At most 200 characters"),
        ({"origins": ""}, "Name at least one address"),
        ({"origins": "https://www.example.co.jp/shop"}, "leave out what comes after the host"),
        ({"origins": "https://a b\nnot an address"}, None),
        ({"origins": "ftp://files.example"}, "is not an address such as"),
        ({"origins": "https://x.example:99999"}, "no valid port"),
        ({"cookie_domain": "localhost"}, "is not a domain"),
        ({"cookie_domain": "co.jp"}, "Anybody can have a name below co.jp"),
        ({"cookie_domain": "example.com"}, "No browser takes a cookie"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(creator, wrong, said):
    answer = creator.post("/admin/sites/new", {**NEW, **wrong})
    if said is None:  # words become hosts: `https://a`, `https://b`, `https://not` …
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert said in answer.text
    assert wrong.get("name", "コーポレートサイト") in answer.text
    assert every_site() == []


def test_a_nul_is_refused_and_no_failure_on_any_database(creator):
    answer = creator.post("/admin/sites/new", {**NEW, "name": "a\0b"})
    assert answer.status_code == 400
    assert "body_malformed" in answer.text


def test_nobody_chooses_a_key_or_a_log_by_a_field_that_the_form_does_not_have(creator):
    creator.post("/admin/sites/new", {**NEW, "key": "mine", "log_origin": "evil.example/log", "id": "7", "role": "x"})
    (made,) = every_site()
    assert made.key != "mine"
    assert made.log_origin == f"shop.example.co.jp/consent/{made.key}"


def test_those_who_may_make_sites_are_shown_how_and_the_others_whom_to_ask(creator, person, site):
    assert 'href="/admin/sites/new"' in creator.get("/admin/").text
    page = person().get("/admin/").text
    assert "/admin/sites/new" not in page
    assert "Ask the owner" in page


def test_the_form_is_kept_from_those_who_may_not_make_sites(person):
    assert person().post("/admin/sites/new", NEW).status_code == 403
    assert every_site() == []


def test_the_steps_are_gone_when_the_first_record_has_come_in(app, visitor, site, person):
    owner = person("owner", site)
    assert "Three steps" in owner.get("/admin/sites/example/").text
    assert visitor.decide("reject_all").status_code == 201
    assert "Three steps" not in owner.get("/admin/sites/example/").text


def test_the_pages_of_a_site_speak_the_users_language(app, site):
    haruka = Person(app, "haruka@example.com", language="ja", creates_sites=True)
    haruka.becomes("owner", site)
    haruka.sign_in()
    answer = haruka.post("/admin/sites/new", {**NEW, "origins": "https://x.example/a"})
    assert "ホスト名より後ろは入力しないでください" in answer.text
