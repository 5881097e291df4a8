"""API tokens, made and revoked in the browser."""

import re

import pytest

from consent.accounts import deeds
from consent.db import db

PATH = "/admin/sites/example/tokens"
NEW = {"role": "site", "label": "www server", "days": "365"}


@pytest.fixture
def owner(person, site):
    return person("owner", site)


def made(owner, **changes):
    answer = owner.post(PATH, {**NEW, **changes})
    assert answer.status_code == 200
    return re.search(r"cst_[\w-]+", answer.text)[0]


def status(visitor, token):
    """Of what the site's own server asks with it."""
    return visitor.state(origin=None, Authorization=f"Bearer {token}").status_code


def what_was_done(site):
    with db.engine.connect() as connection:
        return [(deed.what, deed.details) for deed in deeds.of_site(connection, site.id)[0]]


def test_a_token_is_shown_once_and_only_its_hash_is_kept(owner, site):
    token = made(owner)
    page = owner.get(PATH).text
    assert "www server" in page
    assert token not in page
    with db.engine.connect() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM api_token").all())
    assert what_was_done(site) == [("token_created", {"token_id": 1, "role": "site", "days": 365})]


def test_a_revoked_token_opens_nothing_from_then_on(owner, visitor, site):
    visitor.decide()
    token = made(owner)
    (revoke,) = re.findall(rf"{PATH}/\d+/revoke", owner.get(PATH).text)
    assert status(visitor, token) == 200
    assert owner.post(revoke).location == f"{PATH}?saved=1"
    assert status(visitor, token) == 401
    assert owner.post(revoke).status_code == 404
    assert [what for what, _ in what_was_done(site)] == ["token_revoked", "token_created"]
    assert revoke not in owner.get(PATH).text


def test_a_token_of_another_site_cannot_be_revoked(owner, person, visitor, other_site):
    visitor.decide()
    token = made(owner)
    (revoke,) = re.findall(r"/tokens/\d+/revoke", owner.get(PATH).text)
    eve = person("owner", other_site)
    assert eve.post(f"/admin/sites/other{revoke}").status_code == 404
    assert status(visitor, token) == 200


@pytest.mark.parametrize(
    "wrong", [{"role": "owner"}, {"days": "731"}, {"days": "0"}, {"days": "-1"}, {"days": "x"}, {"label": "x" * 201}]
)
def test_a_token_that_makes_no_sense_is_refused(owner, site, wrong):
    answer = owner.post(PATH, {**NEW, **wrong})
    assert answer.status_code == 422
    assert "cst_" not in answer.text
    assert what_was_done(site) == []


def test_a_form_makes_tokens_for_its_own_site_only(owner, site, other_site):
    made(owner, site_id=other_site.id, site_key="other")
    assert what_was_done(other_site) == []
    assert len(what_was_done(site)) == 1


def test_without_a_token_the_page_says_what_one_is_for(owner):
    assert "No token yet" in owner.get(PATH).text
