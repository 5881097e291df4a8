"""Signing in and out, as a browser does it."""

from contextlib import ExitStack
from datetime import timedelta

import pyotp
import pytest
import time_machine

from consent import clock, db
from consent.accounts import passwords, second_factor
from consent.accounts.safe import Seal
from tests.admin.people import PASSWORD, Person
from tests.conftest import SECRET


@pytest.fixture
def anna(app):
    return Person(app, "anna@example.com")


def test_whoever_has_not_signed_in_is_led_to_where_one_does(client):
    answer = client.get("/admin/account?x=1")
    assert answer.status_code == 303
    assert answer.location == "/admin/sign-in?next=%2Fadmin%2Faccount%3Fx%3D1"


def test_the_right_password_opens_the_page_that_was_asked_for(anna):
    answer = anna.post("/admin/sign-in?next=/admin/account", {"email": "Anna@Example.com ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/admin/account")
    assert anna.get("/admin/account").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/admin/", "/\\evil.example", "/b/x.js", ""]
)
def test_nobody_is_led_elsewhere_after_signing_in(anna, elsewhere):
    answer = anna.client.post(
        "/admin/sign-in",
        query_string={"next": elsewhere},
        data={"email": anna.email, "password": PASSWORD},
        headers={"Origin": "https://consent.example.net"},
        base_url="https://consent.example.net",
    )
    assert answer.location == "/admin/"


@pytest.mark.parametrize(("email", "password"), [("anna@example.com", "wrong"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_look_the_same(anna, email, password):
    answer = anna.post("/admin/sign-in", {"email": email, "password": password})
    assert answer.status_code == 401
    assert "do not fit" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_five_wrong_passwords_lock_the_account_for_a_minute_and_the_next_for_longer(anna):
    with time_machine.travel(clock.now(), tick=False) as moment:
        for _ in range(5):
            anna.sign_in("wrong")
        assert anna.sign_in().status_code == 401, "the right one does not help"
        moment.shift(61)
        assert anna.sign_in("wrong").status_code == 401
        moment.shift(61)
        assert anna.sign_in().status_code == 401, "this lock lasts two minutes"
        moment.shift(61)
        assert anna.sign_in().status_code == 303


def test_whoever_tries_passwords_does_not_get_every_thread_of_the_server(anna):
    with ExitStack() as held:
        for _ in range(passwords._MOST_WAITING):
            held.enter_context(passwords._PLACES)
        answer = anna.sign_in()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert anna.sign_in().status_code == 303


def test_signing_in_begins_a_new_session_and_ends_the_one_that_was_there(anna):
    anna.sign_in()
    first = anna.client.get_cookie("__Host-consent_session", domain="consent.example.net").value
    anna.sign_in()
    second = anna.client.get_cookie("__Host-consent_session", domain="consent.example.net").value
    assert first != second
    anna.client.set_cookie("__Host-consent_session", first, domain="consent.example.net", secure=True)
    assert anna.get("/admin/").status_code == 303


def test_a_token_that_somebody_else_has_made_up_is_no_session(anna):
    """Session fixation: what the browser brings along is never taken over."""
    anna.client.set_cookie("__Host-consent_session", "fixed", domain="consent.example.net", secure=True)
    anna.sign_in()
    assert anna.client.get_cookie("__Host-consent_session", domain="consent.example.net").value != "fixed"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(anna):
    cookie = anna.sign_in().headers["Set-Cookie"]
    assert cookie.startswith("__Host-consent_session=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie


def test_signing_out_ends_the_session_on_the_server(anna):
    anna.sign_in()
    token = anna.client.get_cookie("__Host-consent_session", domain="consent.example.net").value
    assert anna.post("/admin/sign-out").status_code == 303
    anna.client.set_cookie("__Host-consent_session", token, domain="consent.example.net", secure=True)
    assert anna.get("/admin/").status_code == 303


def test_a_session_ends_when_it_is_idle_for_half_a_day(anna):
    with time_machine.travel(clock.now(), tick=False) as moment:
        anna.sign_in()
        moment.shift(timedelta(hours=11))
        assert anna.get("/admin/").status_code == 200
        moment.shift(timedelta(hours=11))
        assert anna.get("/admin/").status_code == 200, "it was used meanwhile"
        moment.shift(timedelta(hours=13))
        assert anna.get("/admin/").status_code == 303


def test_a_session_ends_after_two_weeks_however_much_it_is_used(anna):
    with time_machine.travel(clock.now(), tick=False) as moment:
        anna.sign_in()
        for _ in range(30):
            moment.shift(timedelta(hours=11))
            assert anna.get("/admin/").status_code == 200
        moment.shift(timedelta(hours=11))
        assert anna.get("/admin/").status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_signs_nobody_in(anna, origin):
    headers = {"Origin": origin} if origin else {}
    answer = anna.client.post(
        "/admin/sign-in",
        data={"email": anna.email, "password": PASSWORD},
        headers=headers,
        base_url="https://consent.example.net",
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def with_phone(anna):
    """Anna with a second factor: the secret that her telephone has."""
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    codes = db.transact(
        lambda connection: second_factor.turn_on(
            connection, anna.user, secret, seal=Seal((SECRET,)), code=code, now=clock.now()
        )
    )
    return secret, codes


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(anna, with_phone):
    secret, _ = with_phone
    answer = anna.sign_in()
    assert answer.location == "/admin/second-factor?next=/admin/"
    assert anna.get("/admin/account").status_code == 303
    assert anna.post("/admin/second-factor", {"code": "000000"}).status_code == 401
    assert anna.post("/admin/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())}).status_code == 303
    assert anna.get("/admin/account").status_code == 200


def test_a_code_counts_once(anna, with_phone):
    secret, _ = with_phone
    code = pyotp.TOTP(secret).at(clock.now())
    anna.sign_in()
    assert anna.post("/admin/second-factor", {"code": code}).status_code == 303
    anna.sign_in()
    assert anna.post("/admin/second-factor", {"code": code}).status_code == 401


def test_a_recovery_code_counts_once(anna, with_phone):
    _, codes = with_phone
    anna.sign_in()
    assert anna.post("/admin/second-factor", {"code": codes[0].upper()}).status_code == 303
    anna.sign_in()
    assert anna.post("/admin/second-factor", {"code": codes[0]}).status_code == 401
    assert anna.post("/admin/second-factor", {"code": codes[1]}).status_code == 303


def test_wrong_codes_lock_too(anna, with_phone):
    secret, _ = with_phone
    anna.sign_in()
    for _ in range(5):
        anna.post("/admin/second-factor", {"code": "000000"})
    anna.post("/admin/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert anna.get("/admin/account").status_code == 303


def test_the_pages_speak_the_language_of_the_browser_and_then_of_the_user(app, client):
    page = client.get("/admin/sign-in", headers={"Accept-Language": "ja"})
    assert '<html lang="ja">' in page.text
    haruka = Person(app, "haruka@example.com", language="ja")
    haruka.sign_in()
    assert '<html lang="ja">' in haruka.get("/admin/", headers={"Accept-Language": "en"}).text
