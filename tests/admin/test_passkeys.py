"""Passkeys, with an authenticator in software that can lie; tests/admin/test_passkeys_in_browser.py has Chromium's."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from consent import clock, db
from consent.accounts import ceremony
from consent.accounts.models import deed_table, passkey_challenge_table, passkey_table, user_table
from tests.admin.people import ORIGIN, PASSWORD, Person
from tests.authenticator import ATTESTED, PRESENT, Authenticator, content, text

# What a device says is judged before the database is asked.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

RP_ID = "consent.example.net"
ADD, SIGN_IN = "/admin/account/passkeys", "/admin/passkeys/sign-in"


def device(**more):
    return Authenticator(ORIGIN, RP_ID, **more)


def options(person, path, **form):
    answer = person.post(f"{path}/options", form)
    assert answer.status_code == 200, answer.text
    return answer.json


def add(person, authenticator, name="My telephone", **lies):
    said = authenticator.make(options(person, ADD, present=PASSWORD), **lies)
    return person.post(ADD, {"credential": said, "name": name})


def sign_in(person, authenticator, **lies):
    return person.post(SIGN_IN, {"credential": authenticator.show(options(person, SIGN_IN), **lies)})


def every(table):
    with db.db.engine.connect() as connection:
        return connection.execute(select(table)).all()


@pytest.fixture
def anna(app):
    made = Person(app, "anna@example.com")
    made.sign_in()
    return made


@pytest.fixture
def phone(anna):
    """Anna's, with a passkey of hers."""
    made = device()
    assert add(anna, made).location == "/admin/account?saved=passkey"
    return made


@pytest.fixture
def guest(app, anna):
    """Anna's other browser, in which nobody has signed in."""
    return anna.elsewhere(app)


def test_a_passkey_is_added_with_the_password_and_signs_in_without_one(anna, phone, guest):
    page = anna.get("/admin/account").text
    assert "My telephone" in page
    assert "not yet" in page
    answer = guest.post(f"{SIGN_IN}?next=/admin/account", {"credential": phone.show(options(guest, SIGN_IN))})
    assert (answer.status_code, answer.location) == (303, "/admin/account")
    assert "not yet" not in guest.get("/admin/account").text, "it says when it was used"


def test_what_the_device_is_asked_for_names_nobody_and_wants_a_finger_or_a_pin(anna, phone, guest):
    asked = options(guest, SIGN_IN)
    assert (asked["rpId"], asked["allowCredentials"], asked["userVerification"]) == (RP_ID, [], "required")
    asked = options(anna, ADD, present=PASSWORD)
    assert asked["rp"]["id"] == RP_ID
    assert asked["user"]["name"] == anna.email
    assert [content(each["id"]) for each in asked["excludeCredentials"]] == [phone.id]
    assert content(asked["user"]["id"]) == phone.handle, "one entry on the device, not two"
    wanted = asked["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")


def test_a_passkey_counts_as_both_factors(app, anna, phone, guest):
    on = update(user_table).where(user_table.c.id == anna.user.id).values(totp_secret=b"sealed")
    db.transact(lambda connection: connection.execute(on))
    assert guest.sign_in().location.startswith("/admin/second-factor")
    assert sign_in(guest, phone).location == "/admin/"
    assert guest.get("/admin/account").status_code == 200


def test_signing_in_with_a_passkey_begins_a_new_session(anna, phone, guest):
    guest.client.set_cookie("__Host-consent_session", "fixed", domain=RP_ID, secure=True)
    sign_in(guest, phone)
    assert guest.client.get_cookie("__Host-consent_session", domain=RP_ID).value != "fixed"


def refused(answer):
    return (answer.status_code, "does not fit" in answer.text, "Set-Cookie" in answer.headers) == (401, True, False)


SHOWN_ELSEWHERE = (
    {"origin": "https://consent.example.net.evil.example"},
    {"origin": "http://consent.example.net"},
    {"rp_id": "example.net"},
    {"challenge": "AAAA"},
)
SHOWN_OTHERWISE = (
    {"type": "webauthn.create"},
    {"flags": PRESENT},
    {"flags": 0},
    {"key": ec.generate_private_key(ec.SECP256R1())},
    {"handle": b"somebody else"},
)


@ON_SQLITE
@pytest.mark.parametrize("wrong", [SHOWN_ELSEWHERE, SHOWN_OTHERWISE], ids=["elsewhere", "otherwise"])
def test_a_passkey_that_was_not_shown_here_and_now_by_its_owner_signs_nobody_in(phone, guest, wrong):
    for lies in wrong:
        assert refused(sign_in(guest, phone, **lies)), lies
        assert guest.get("/admin/account").status_code == 303
    assert sign_in(guest, phone).status_code == 303, "and the right one still does"


def test_an_answer_counts_once(app, phone, guest):
    said = phone.show(options(guest, SIGN_IN))
    assert guest.post(SIGN_IN, {"credential": said}).status_code == 303
    assert refused(guest.elsewhere(app).post(SIGN_IN, {"credential": said}))


def test_a_wrong_answer_uses_the_challenge_up(phone, guest):
    asked = options(guest, SIGN_IN)
    assert refused(guest.post(SIGN_IN, {"credential": phone.show(asked, flags=PRESENT)}))
    assert refused(guest.post(SIGN_IN, {"credential": phone.show(asked)}))


def test_an_answer_that_comes_too_late_does_not_count(phone, guest):
    with time_machine.travel(clock.now(), tick=False) as moment:
        first, second = options(guest, SIGN_IN), options(guest, SIGN_IN)
        moment.shift(timedelta(minutes=4, seconds=59))
        assert guest.post(SIGN_IN, {"credential": phone.show(first)}).status_code == 303
        moment.shift(timedelta(seconds=1))
        assert refused(guest.post(SIGN_IN, {"credential": phone.show(second)}))


def test_challenges_that_nobody_answered_do_not_stay(guest):
    with time_machine.travel(clock.now(), tick=False) as moment:
        options(guest, SIGN_IN)
        moment.shift(timedelta(minutes=6))
        options(guest, SIGN_IN)
    assert len(every(passkey_challenge_table)) == 1


def test_a_passkey_that_nobody_has_added_signs_nobody_in(guest):
    stranger = device()
    stranger.handle = b"x" * 32
    assert refused(sign_in(guest, stranger))


def test_somebody_elses_passkey_signs_in_to_their_account_and_to_no_other(app, phone, guest):
    eve = Person(app, "eve@example.com")
    eve.sign_in()
    hers = device()
    add(eve, hers)
    assert refused(sign_in(guest, hers, handle=phone.handle)), "her key under Anna's name"
    hers.id, own = phone.id, hers.id
    assert refused(sign_in(guest, hers, handle=phone.handle)), "Anna's credential with her key"
    hers.id = own
    assert sign_in(guest, hers).status_code == 303
    assert "eve@example.com" in guest.get("/admin/account").text


def test_a_counter_that_does_not_go_on_is_a_copy(app, anna, guest):
    key = device(counter=5)
    add(anna, key)
    assert sign_in(guest, key).status_code == 303
    key.counter -= 1
    assert refused(sign_in(guest.elsewhere(app), key)), "the same number again"
    key.counter -= 3
    assert refused(sign_in(guest.elsewhere(app), key)), "a smaller one"
    key.counter += 10
    assert sign_in(guest.elsewhere(app), key).status_code == 303


def test_whoever_was_disabled_does_not_come_in_by_a_passkey(anna, phone, guest):
    off = update(user_table).where(user_table.c.id == anna.user.id).values(disabled_ms=1)
    db.transact(lambda connection: connection.execute(off))
    assert refused(sign_in(guest, phone))


def test_wrong_passwords_of_others_lock_nobody_out_who_has_a_passkey(phone, guest):
    for _ in range(5):
        guest.sign_in("wrong")
    assert guest.sign_in().status_code == 401
    assert sign_in(guest, phone).status_code == 303


def test_adding_one_needs_the_password(anna):
    answer = anna.post(f"{ADD}/options", {"present": "wrong"})
    assert (answer.status_code, answer.json) == (422, {"problem": "Your present password does not fit."})
    assert every(passkey_challenge_table) == []


MADE_WRONGLY = (
    {"origin": "https://evil.example"},
    {"type": "webauthn.get"},
    {"rp_id": "evil.example"},
    {"flags": PRESENT | ATTESTED},
    {"challenge": "AAAA"},
)


def test_a_passkey_that_was_not_made_here_and_now_is_not_added(anna):
    for lies in MADE_WRONGLY:
        assert add(anna, device(), **lies).status_code == 401, lies
    assert every(passkey_table) == []


def test_a_challenge_for_adding_belongs_to_its_session_and_adds_one_passkey(app, anna):
    elsewhere, eve = anna.elsewhere(app), Person(app, "eve@example.com")
    elsewhere.sign_in()
    eve.sign_in()
    asked = options(anna, ADD, present=PASSWORD)
    for other in (elsewhere, eve):
        assert other.post(ADD, {"credential": device().make(asked), "name": "x"}).status_code == 401
    assert anna.post(ADD, {"credential": device().make(asked), "name": "x"}).status_code == 303
    assert anna.post(ADD, {"credential": device().make(asked), "name": "y"}).status_code == 401
    assert len(every(passkey_table)) == 1


def test_a_challenge_for_signing_in_adds_no_passkey(anna, guest):
    asked = {**options(guest, SIGN_IN), "user": {"id": "AAAA"}}
    assert anna.post(ADD, {"credential": device().make(asked), "name": "x"}).status_code == 401


def test_one_credential_has_one_owner(app, anna, phone):
    eve = Person(app, "eve@example.com")
    eve.sign_in()
    assert add(eve, phone).status_code == 401
    assert [row.user_id for row in every(passkey_table)] == [anna.user.id]


def test_a_passkey_needs_a_name(anna):
    for name in ("", " ", "n" * 81):
        answer = add(anna, device(), name)
        assert answer.status_code == 422
        assert "at most 80 characters" in answer.text


def test_the_name_of_a_passkey_is_text_and_nothing_else(anna):
    add(anna, device(), "<script>alert(1)</script>")
    (number,) = re.findall(r"/admin/account/passkeys/(\d+)", anna.get("/admin/account").text)
    for path in ("/admin/account", f"{ADD}/{number}"):
        assert "<script>alert" not in anna.get(path).text
        assert "&lt;script&gt;alert" in anna.get(path).text


NO_ANSWERS = ("", "{}", "[]", "null", '{"id": 1}', '{"id":"","rawId":"","type":"public-key","response":{}}', "{" * 2000)


def test_what_is_no_answer_of_a_browser_is_refused_plainly(anna, guest):
    for said in NO_ANSWERS:
        assert refused(guest.post(SIGN_IN, {"credential": said}))
        assert anna.post(ADD, {"credential": said, "name": "x"}).status_code == 401


def test_an_answer_with_a_damaged_byte_is_refused_plainly(anna):
    """Some bytes nobody checks, such as the number of its model: then it is added."""
    for place in range(0, 190, 2):
        said = json.loads(device().make(options(anna, ADD, present=PASSWORD)))
        attestation = bytearray(content(said["response"]["attestationObject"]))
        attestation[place % len(attestation)] ^= 0xFF
        said["response"]["attestationObject"] = text(attestation)
        assert anna.post(ADD, {"credential": json.dumps(said), "name": "x"}).status_code in (303, 401), place


def test_removing_one_needs_the_password_and_ends_it(anna, phone, guest):
    (row,) = every(passkey_table)
    path = f"{ADD}/{row.id}"
    assert anna.post(f"{path}/remove", {"present": "wrong"}).status_code == 422
    assert sign_in(guest, phone).status_code == 303
    assert anna.post(f"{path}/remove", {"present": PASSWORD}).location == "/admin/account?saved=passkey_removed"
    assert refused(sign_in(guest, phone))
    assert anna.get(path).status_code == 404
    assert anna.post(f"{path}/remove", {"present": PASSWORD}).status_code == 404


def test_nobody_sees_or_removes_somebody_elses(app, anna, phone):
    eve = Person(app, "eve@example.com")
    eve.sign_in()
    (row,) = every(passkey_table)
    assert eve.get(f"{ADD}/{row.id}").status_code == 404
    assert eve.post(f"{ADD}/{row.id}/remove", {"present": PASSWORD}).status_code == 404
    assert len(every(passkey_table)) == 1


def test_adding_and_removing_are_among_the_deeds(anna, phone):
    (row,) = every(passkey_table)
    anna.post(f"{ADD}/{row.id}/remove", {"present": PASSWORD})
    done = [(each.user_id, each.what, json.loads(each.details)) for each in every(deed_table)]
    about = {"passkey_id": row.id}
    assert done == [(anna.user.id, "passkey_added", about), (anna.user.id, "passkey_removed", about)]


def test_without_the_library_there_is_no_button_and_no_page(anna, guest, monkeypatch):
    assert "Sign in with a passkey" in guest.get("/admin/sign-in").text
    assert "Add a passkey" in anna.get("/admin/account").text
    monkeypatch.setattr(ceremony, "find_spec", lambda name: None)
    assert "passkey" not in guest.get("/admin/sign-in").text
    assert "passkey" not in anna.get("/admin/account").text
    assert anna.get(ADD).location == "/admin/account"
    assert guest.post(f"{SIGN_IN}/options").status_code == 404


@pytest.mark.parametrize(
    ("url", "rp_id"),
    [
        ("https://consent.example.co.jp", "consent.example.co.jp"),
        ("https://consent.example.co.jp:8443", "consent.example.co.jp"),
        ("http://localhost:8000", "localhost"),
        ("http://consent.example.co.jp", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_browsers_have_passkeys_for_names_over_tls(url, rp_id):
    found = ceremony.place_of(url)
    assert (found and found.rp_id) == rp_id
    assert found is None or found.origin == url
