"""The settings of a site, also with two owners at once."""

import re

import pytest

from consent import sites
from consent.accounts import deeds
from consent.db import db

PATH = "/admin/sites/example/settings"


@pytest.fixture
def owner(person, site):
    return person("owner", site)


def edition_on(page):
    return re.search(r'name="edition" value="([0-9a-f]+)"', page)[1]


def sent(owner, **changes):
    kept = {"name": "Example", "origins": "https://www.example.com", "cookie_domain": ""}
    return {**kept, "edition": edition_on(owner.get(PATH).text), **changes}


def now_is():
    with db.engine.connect() as connection:
        return sites.find(connection, "example")


def test_settings_are_saved_and_the_deed_is_noted(owner, site):
    answer = owner.post(PATH, sent(owner, name="Shop", origins="https://a.example\r\nhttps://b.example"))
    assert (answer.status_code, answer.location) == (303, f"{PATH}?saved=settings")
    assert (now_is().name, now_is().origins) == ("Shop", {"https://a.example", "https://b.example"})
    with db.engine.connect() as connection:
        (deed, *_), _ = deeds.of_site(connection, site.id)
    assert (deed.what, deed.by) == ("site_changed", owner.email)
    assert deed.details == {"name": "Shop", "origins": ["https://a.example", "https://b.example"]}


def test_saving_without_a_change_is_no_deed(owner, site):
    assert owner.post(PATH, sent(owner)).status_code == 303
    with db.engine.connect() as connection:
        assert deeds.of_site(connection, site.id) == ([], False)


def test_a_new_origin_may_record_and_the_removed_one_may_not(owner, visitor, site):
    owner.post(PATH, sent(owner, origins="https://new.example"))
    assert visitor.post("records", visitor.body()).json["code"] == "origin_unknown"
    assert visitor.post("records", visitor.body(), origin="https://new.example").status_code == 201


def test_of_two_owners_the_later_is_told_and_nothing_of_either_is_lost(owner, person, site):
    other = person("owner", site)
    mine, theirs = sent(owner, name="Mine"), sent(other, name="Theirs", origins="https://theirs.example")
    assert other.post(PATH, theirs).status_code == 303
    answer = owner.post(PATH, mine)
    assert answer.status_code == 409
    assert now_is().name == "Theirs"
    assert 'value="Mine"' in answer.text, "what I have typed is still there"
    assert "Theirs" in answer.text
    assert "https://theirs.example" in answer.text
    assert answer.text.count("differs from yours") == 2
    again = {**mine, "edition": edition_on(answer.text)}
    assert owner.post(PATH, again).status_code == 303, "who has seen theirs may save over it"
    assert now_is().name == "Mine"


@pytest.mark.parametrize("edition", ["", "0" * 32])
def test_whoever_has_not_seen_the_settings_saves_nothing(owner, edition):
    assert owner.post(PATH, sent(owner, name="Blind", edition=edition)).status_code == 409
    assert now_is().name == "Example"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"origins": "nonsense://"}, {"cookie_domain": "example.org"}])
def test_what_makes_no_sense_is_refused_with_the_form_as_it_was_typed(owner, wrong):
    answer = owner.post(PATH, sent(owner, name="Typed", **{} if "name" in wrong else wrong) | wrong)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert now_is().name == "Example"


def test_key_and_log_stay_whatever_the_form_says(owner, site):
    owner.post(PATH, sent(owner, name="Shop", key="stolen", log_origin="evil.example", id="99", site_id="99"))
    assert (now_is().key, now_is().log_origin, now_is().id) == ("example", site.log_origin, site.id)


def test_nothing_on_the_page_destroys_evidence(owner):
    page = owner.get(PATH).text
    assert "A site cannot be deleted" in page
    assert set(re.findall(r'<form[^>]+action="([^"]+)"', page)) == {
        PATH,
        f"{PATH}/review",
        f"{PATH}/stop",
        "/admin/sign-out",
    }
