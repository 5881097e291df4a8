"""A user's own account."""

import re
from datetime import timedelta

import pyotp
import pytest

from consent import clock
from tests.admin.people import PASSWORD, Person

NEW = "eleven quiet trains"


@pytest.fixture
def anna(app):
    made = Person(app, "anna@example.com")
    made.sign_in()
    return made


def test_name_language_and_time_zone_can_be_changed(anna):
    changed = {"name": "安奈", "language": "ja", "time_zone": "Europe/Berlin"}
    assert anna.post("/admin/account/profile", changed).status_code == 303
    page = anna.get("/admin/account?saved=profile").text
    assert '<html lang="ja">' in page
    assert "プロフィールを保存しました" in page
    assert "安奈" in page


@pytest.mark.parametrize("wrong", [{"name": ""}, {"language": "xx"}, {"time_zone": "../etc/passwd"}])
def test_a_profile_that_makes_no_sense_is_refused_and_nothing_is_saved(anna, wrong):
    sent = {"name": "Anna", "language": "ja", "time_zone": "UTC", **wrong}
    assert anna.post("/admin/account/profile", sent).status_code == 422
    assert '<html lang="en">' in anna.get("/admin/account").text


def test_nobody_makes_themselves_more_by_a_field_that_the_form_does_not_have(anna, site):
    sent = {"name": "Anna", "language": "en", "time_zone": "UTC", "may_create_sites": "1", "email": "root@example.com"}
    anna.post("/admin/account/profile", sent)
    page = anna.get("/admin/account").text
    assert "anna@example.com" in page
    assert "root@example.com" not in page


def test_a_name_is_text_on_every_page(anna):
    name = "<script>alert(1)</script>"
    anna.post("/admin/account/profile", {"name": name, "language": "en", "time_zone": "UTC"})
    for path in ("/admin/", "/admin/account"):
        page = anna.get(path).text
        assert "&lt;script&gt;alert" in page
        assert name not in page


def test_a_new_password_needs_the_present_one_and_ends_the_other_sessions(app, anna):
    elsewhere = anna.elsewhere(app)
    elsewhere.sign_in()
    assert anna.post("/admin/account/password", {"present": "wrong", "password": NEW}).status_code == 422
    assert elsewhere.get("/admin/").status_code == 200
    assert anna.post("/admin/account/password", {"present": PASSWORD, "password": NEW}).status_code == 303
    assert anna.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 303
    assert anna.sign_in().status_code == 401
    assert anna.sign_in(NEW).status_code == 303


@pytest.mark.parametrize("weak", ["short", "x" * 201, "anna is my name, and anna again"])
def test_a_weak_password_is_refused_with_a_reason(anna, weak):
    answer = anna.post("/admin/account/password", {"present": PASSWORD, "password": weak})
    assert answer.status_code == 422
    assert "12 to 200 characters" in answer.text


def secret_on(page):
    return re.search(r'name="secret" value="([A-Z2-7]{32})"', page)[1]


def test_the_second_factor_is_turned_on_with_a_code_and_gives_recovery_codes(anna):
    page = anna.get("/admin/account/second-factor").text
    assert 'src="data:image/svg+xml' in page
    secret = secret_on(page)
    wrong = anna.post("/admin/account/second-factor", {"secret": secret, "code": "000000", "present": PASSWORD})
    assert wrong.status_code == 401
    assert secret_on(wrong.text) == secret, "the telephone that has scanned it may try again"
    code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    sent = {"secret": secret, "code": code, "present": PASSWORD}
    assert anna.post("/admin/account/second-factor", {**sent, "present": "wrong"}).status_code == 422
    codes = re.findall(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b", anna.post("/admin/account/second-factor", sent).text)
    assert len(set(codes)) == 10
    assert anna.sign_in().location == "/admin/second-factor?next=/admin/"
    assert anna.post("/admin/second-factor", {"code": codes[3]}).status_code == 303


def test_the_second_factor_is_turned_off_with_the_password_only(anna):
    secret = secret_on(anna.get("/admin/account/second-factor").text)
    code = pyotp.TOTP(secret).at(clock.now())
    anna.post("/admin/account/second-factor", {"secret": secret, "code": code, "present": PASSWORD})
    assert anna.post("/admin/account/second-factor/off", {"present": "wrong"}).status_code == 422
    assert "On. Signing in needs" in anna.get("/admin/account").text
    assert anna.post("/admin/account/second-factor/off", {"present": PASSWORD}).status_code == 303
    assert anna.sign_in().location == "/admin/"


def session_ids(page):
    return re.findall(r"/admin/account/sessions/(\d+)/end", page)


def test_another_session_of_ones_own_can_be_ended_and_nobody_elses(app, anna):
    elsewhere = anna.elsewhere(app)
    elsewhere.sign_in()
    (other,) = session_ids(anna.get("/admin/account").text)
    eve = Person(app, "eve@example.com")
    eve.sign_in()
    eve.post(f"/admin/account/sessions/{other}/end")
    assert elsewhere.get("/admin/").status_code == 200, "it is none of Eve's business"
    anna.post(f"/admin/account/sessions/{other}/end")
    assert elsewhere.get("/admin/").status_code == 303
