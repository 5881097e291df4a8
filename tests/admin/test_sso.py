"""Single sign-on against a provider that speaks real HTTP, and what becomes of each answer that does not hold."""

import json
import re
import time
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pyotp
import pytest
import time_machine
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select, update

from consent import clock, config, db
from consent.accounts import identities, oidc, second_factor
from consent.accounts.models import deed_table, sso_identity_table, user_table
from consent.accounts.oidc import Identity
from consent.accounts.safe import Seal
from consent.ops.doctor import examine
from tests.admin.people import ORIGIN, PASSWORD, Person
from tests.conftest import SECRET
from tests.identity_provider import CLIENT_ID, running
from tests.identity_provider import SECRET as CLIENT_SECRET

# Between the platform and the provider there is no database.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOST = "consent.example.net"
COOKIE, SESSION = "__Host-consent_sso", "__Host-consent_session"


@pytest.fixture
def provider():
    with running() as provider:
        yield provider


def settings(provider, **more):
    about = {"oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET, "oidc_name": "Example ID"}
    return {"oidc_issuer": provider.issuer, **about, **more}


@pytest.fixture
def signing(app_with, provider):
    app = app_with(**settings(provider))
    with app.app_context():
        yield app


@pytest.fixture
def anna(signing):
    return Person(signing, "anna@example.com")


def visit(address):
    """What the browser does at the provider: the address that it is sent back to."""
    parts = urlsplit(address)
    link = HTTPConnection(parts.netloc)
    link.request("GET", f"{parts.path}?{parts.query}")
    with link.getresponse() as answer:
        assert answer.status == 302
        back = answer.headers["Location"]
    link.close()
    return back


def begin(person, query=""):
    answer = person.get(f"/admin/sso{query}")
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(person, address):
    assert address.startswith(f"{ORIGIN}/admin/sso/return?")
    return person.get(address.removeprefix(ORIGIN))


def sign_in(person, query=""):
    return come_back(person, visit(begin(person, query)))


def is_in(person):
    return person.get("/admin/account").status_code == 200


def failed(answer, person):
    return answer.status_code == 502 and "did not work" in answer.text and not is_in(person)


def links():
    with db.db.engine.connect() as connection:
        return connection.execute(select(sso_identity_table)).all()


def test_the_page_for_signing_in_offers_it_under_its_name(anna):
    page = anna.get("/admin/sign-in?next=/admin/account&lang=en").text
    assert "Sign in with Example ID" in page
    assert "/admin/sso?next=/admin/account" in page


def test_without_its_settings_or_its_library_nothing_is_offered(app, anna, provider, monkeypatch):
    assert "/admin/sso" not in app.test_client().get("/admin/sign-in").text
    monkeypatch.setattr(oidc, "find_spec", lambda name: None)
    assert "/admin/sso" not in anna.get("/admin/sign-in").text
    for path in ("/admin/sso", "/admin/sso/return?code=x&state=y"):
        assert anna.get(path).location == "/admin/sign-in"
    assert provider.asked == []


def test_whoever_is_known_signs_in_and_comes_to_where_they_wanted(anna, provider):
    answer = sign_in(anna, "?next=/admin/account")
    assert (answer.status_code, answer.location) == (303, "/admin/account")
    assert is_in(anna)
    assert [(row.issuer, row.subject, row.user_id) for row in links()] == [
        (provider.issuer, "anna-at-work", anna.user.id)
    ]


def test_what_the_provider_is_asked_has_a_state_a_nonce_and_a_challenge_and_no_secret(anna, provider):
    asked = dict(parse_qsl(urlsplit(begin(anna)).query))
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{ORIGIN}/admin/sso/return"
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) == 43
    assert "s3cret" not in str(asked)
    other = dict(parse_qsl(urlsplit(begin(anna)).query))
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(other.values())


def test_the_attempt_stays_in_a_sealed_cookie_and_is_used_up(anna):
    answer = anna.get("/admin/sso")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"):
        assert part in cookie
    state = parse_qs(urlsplit(answer.location).query)["state"][0]
    assert state not in cookie
    back = visit(answer.location)
    assert come_back(anna, back).status_code == 303
    assert anna.client.get_cookie(COOKIE, domain=HOST) is None
    assert "did not work" in come_back(anna, back).text, "the same answer again"


@ON_SQLITE
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/admin/", "/\\evil.example", "/b/x.js"])
def test_nobody_is_led_elsewhere_afterwards(anna, elsewhere):
    assert sign_in(anna, f"?{urlencode({'next': elsewhere})}").location == "/admin/"


def test_an_answer_belongs_to_the_browser_that_has_asked(signing, anna):
    """Otherwise somebody could have others sign in to an account of their own."""
    eve = Person(signing, "eve@example.com")
    back = visit(begin(eve))
    assert failed(come_back(anna, back), anna), "a browser that has begun nothing"
    begin(anna)
    assert failed(come_back(anna, back), anna), "one that has begun something else"


def test_a_cookie_that_somebody_has_made_up_is_none(anna):
    back = visit(begin(anna))
    anna.client.set_cookie(COOKIE, "gAAAAA-made-up", domain=HOST, secure=True)
    assert failed(come_back(anna, back), anna)


def test_an_attempt_ends_after_ten_minutes(anna):
    with time_machine.travel(clock.now(), tick=False) as moment:
        back = visit(begin(anna))
        moment.shift(timedelta(minutes=10))
        anna.client.set_cookie(COOKIE, anna.client.get_cookie(COOKIE, domain=HOST).value, domain=HOST, secure=True)
        assert failed(come_back(anna, back), anna)


def test_signing_in_begins_a_new_session_and_takes_over_none(anna):
    anna.client.set_cookie(SESSION, "fixed", domain=HOST, secure=True)
    sign_in(anna)
    first = anna.client.get_cookie(SESSION, domain=HOST).value
    assert first != "fixed"
    sign_in(anna)
    assert anna.client.get_cookie(SESSION, domain=HOST).value != first
    anna.client.set_cookie(SESSION, first, domain=HOST, secure=True)
    assert not is_in(anna)


FOREIGN = RSAKey.generate_key(2048, {"kid": "one"})
NOW = time.time()
WRONG_CLAIMS = (
    {"iss": "https://evil.example"},
    {"iss": None},
    {"aud": "somebody else"},
    {"aud": None},
    {"aud": [CLIENT_ID, "another"]},
    {"aud": [CLIENT_ID, "another"], "azp": "another"},
    {"azp": "another"},
    {"nonce": "another"},
    {"nonce": None},
    {"nonce": 7},
)
WRONG_TIMES_AND_PEOPLE = (
    {"exp": NOW - 61},
    {"exp": None},
    {"exp": "tomorrow"},
    {"iat": NOW + 3600},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": "x" * 256},
    {"sub": 7},
)


@ON_SQLITE
@pytest.mark.parametrize("wrong", [WRONG_CLAIMS, WRONG_TIMES_AND_PEOPLE], ids=["claims", "times and people"])
def test_a_token_that_was_not_made_for_this_attempt_signs_nobody_in(signing, anna, provider, wrong):
    for claims in wrong:
        provider.claims = claims
        assert failed(sign_in(anna), anna), claims
        _forget_limits(signing)
    provider.claims = {}
    assert sign_in(anna).status_code == 303, "and the right one does"


def _forget_limits(app):
    app.extensions["consent.signin.limit"]._own.storage.reset()


SIGNED_WRONGLY = {
    "with somebody else's key": ({"alg": "RS256", "kid": "one"}, FOREIGN),
    "with a key that is not published": ({"alg": "RS256", "kid": "three"}, FOREIGN),
    "with what everybody knows": ({"alg": "HS256"}, OctKey.import_key(CLIENT_ID.ljust(32, "x"))),
}


@ON_SQLITE
@pytest.mark.parametrize("how", SIGNED_WRONGLY)
def test_a_token_that_the_provider_has_not_signed_signs_nobody_in(anna, provider, how):
    provider.header, provider.signs_with = SIGNED_WRONGLY[how]
    assert failed(sign_in(anna), anna)


def test_a_token_without_a_signature_signs_nobody_in(anna, provider):
    def unsigned(nonce):
        _, claims, _ = type(provider).id_token(provider, nonce).split(".")
        return f"eyJhbGciOiJub25lIn0.{claims}."  # {"alg":"none"}

    provider.id_token = unsigned
    assert failed(sign_in(anna), anna)


def test_a_token_signed_with_the_other_published_key_is_as_good(anna, provider):
    provider.header, provider.signs_with = {"alg": "ES256", "kid": "two"}, provider.elliptic
    assert sign_in(anna).status_code == 303


def test_a_key_that_was_withdrawn_counts_no_more(anna, provider):
    sign_in(anna)
    anna.post("/admin/sign-out")
    provider.published = [provider.elliptic.as_dict(private=False)]
    assert failed(sign_in(anna), anna)


@ON_SQLITE
@pytest.mark.parametrize(
    "lies",
    [{"state": "another"}, {"state": None}, {"code": None}, {"code": "made-up"}, {"iss": "https://evil.example"}],
    ids=str,
)
def test_an_answer_that_is_not_what_was_asked_for_signs_nobody_in(anna, provider, lies):
    provider.lies = lies
    assert failed(sign_in(anna), anna)


def test_whoever_cancels_there_is_told_so(anna, provider):
    provider.lies = {"code": None, "error": "access_denied", "error_description": "<script>alert(1)</script>"}
    answer = sign_in(anna)
    assert "did not let you in" in answer.text
    assert "alert(1)" not in answer.text
    assert not is_in(anna)


def test_a_code_that_was_begun_with_another_verifier_is_refused_by_the_provider(anna, provider):
    """The test of the stand-in itself: PKCE is really asked for."""
    back = visit(begin(anna))
    begun = next(iter(provider.codes.values()))
    begun["code_challenge"] = "another"
    assert failed(come_back(anna, back), anna)


@ON_SQLITE
@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(anna, provider, discovery):
    provider.discovery = discovery
    assert failed(anna.get("/admin/sso"), anna)


@ON_SQLITE
@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (200, {}, b"no json"),
        (200, {}, b"[]"),
        (200, {}, b"{" + b" " * 600_000 + b"}"),
        (302, {"Location": "/elsewhere"}, b""),
    ],
    ids=["error", "no json", "a list", "too large", "a redirect"],
)
def test_what_is_no_answer_of_a_provider_ends_in_plain_words(anna, provider, answer):
    provider.answers["/.well-known/openid-configuration"] = answer
    assert failed(anna.get("/admin/sso"), anna)
    assert "/elsewhere" not in provider.asked


def test_a_provider_that_cannot_be_reached_ends_in_plain_words(anna, provider, monkeypatch):
    provider.discovery = {"jwks_uri": "http://127.0.0.1:1/keys"}
    assert failed(sign_in(anna), anna)


@pytest.mark.parametrize("person", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}])
def test_an_address_that_the_provider_has_not_verified_opens_no_account(anna, provider, person):
    provider.claims = person
    answer = sign_in(anna)
    assert answer.status_code == 403
    assert "does not say that your e-mail address is verified" in answer.text
    assert not is_in(anna)
    assert links() == []


def test_whoever_has_no_account_is_told_whom_to_ask(anna, provider):
    provider.person = {"sub": "new", "email": "new<b>@example.com", "email_verified": True}
    answer = sign_in(anna)
    assert answer.status_code == 403
    assert "Ask the owner of a site to invite exactly this address" in answer.text
    assert "new&lt;b&gt;@example.com" in answer.text
    assert links() == []


def test_the_address_counts_once_and_then_the_providers_own_name_for_the_person(signing, anna, provider):
    provider.person["email"] = "Anna@Example.com"
    sign_in(anna)
    provider.person["email"] = "married@example.com"
    assert sign_in(anna.elsewhere(signing)).status_code == 303, "it is still Anna"
    provider.person = {"sub": "somebody-new", "email": "anna@example.com", "email_verified": True}
    other = anna.elsewhere(signing)
    answer = sign_in(other)
    assert (answer.status_code, is_in(other)) == (403, False), "the address was given to somebody else"
    assert "already used by somebody else" in answer.text
    assert [row.subject for row in links()] == ["anna-at-work"]


def test_the_same_name_at_another_provider_is_another_person(anna, provider):
    sign_in(anna)
    stranger = Identity("https://other.example", "anna-at-work", "eve@example.com")
    with pytest.raises(identities.SsoUnknown):
        db.transact(lambda connection: identities.owner(connection, stranger, clock.now()))


@pytest.mark.parametrize("before", [True, False], ids=["linked before", "not linked"])
def test_whoever_was_disabled_does_not_come_in(signing, anna, before):
    if before:
        sign_in(anna)
    off = update(user_table).where(user_table.c.id == anna.user.id).values(disabled_ms=1)
    db.transact(lambda connection: connection.execute(off))
    other = anna.elsewhere(signing)
    assert sign_in(other).status_code == 403
    assert not is_in(other)


def test_a_second_factor_that_somebody_has_turned_on_is_asked_for(anna):
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    on = {"seal": Seal((SECRET,)), "code": code, "now": clock.now()}
    db.transact(lambda connection: second_factor.turn_on(connection, anna.user, secret, **on))
    assert sign_in(anna).location == "/admin/second-factor?next=/admin/"
    assert not is_in(anna)
    anna.post("/admin/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert is_in(anna)


def test_linking_is_a_deed_and_happens_once(signing, anna):
    sign_in(anna)
    sign_in(anna.elsewhere(signing))
    with db.db.engine.connect() as connection:
        deeds = connection.execute(select(deed_table)).all()
    assert [(each.user_id, each.what, json.loads(each.details)) for each in deeds] == [(anna.user.id, "sso_linked", {})]


UNLINK = "/admin/account/sso/unlink"


def test_unlinking_needs_the_password_and_ends_the_other_sessions(signing, anna):
    other = anna.elsewhere(signing)
    sign_in(other)
    sign_in(anna)
    assert "Example ID" in anna.get("/admin/account/sso?lang=en").text
    refused = anna.post(UNLINK, {"present": "a password that was forgotten"})
    assert (refused.status_code, len(links())) == (422, 1), "they might never come in again"
    assert anna.post(UNLINK, {"present": PASSWORD}).location == "/admin/account?saved=sso_unlinked"
    assert links() == []
    assert (is_in(anna), is_in(other)) == (True, False)
    assert "/admin/account/sso" not in anna.get("/admin/account").text
    assert "Your account is not linked" in anna.get("/admin/account/sso?lang=en").text


def test_unlinking_is_a_deed_and_the_password_still_opens_the_account(signing, anna):
    sign_in(anna)
    anna.post(UNLINK, {"present": PASSWORD})
    with db.db.engine.connect() as connection:
        done = [(each.user_id, each.what, each.details) for each in connection.execute(select(deed_table))]
    assert done == [(anna.user.id, "sso_linked", "{}"), (anna.user.id, "sso_unlinked", "{}")]
    other = anna.elsewhere(signing)
    assert other.sign_in().status_code == 303
    assert is_in(other)


@ON_SQLITE
def test_unlinking_twice_or_what_never_was_linked_is_refused(anna):
    anna.sign_in()
    answer = anna.post(UNLINK, {"present": PASSWORD})
    assert answer.status_code == 404
    assert "sso_not_linked" in answer.text


@ON_SQLITE
def test_nobody_unlinks_somebody_else(signing, anna):
    sign_in(anna)
    eve = Person(signing, "eve@example.com")
    eve.sign_in()
    assert eve.post(UNLINK, {"present": PASSWORD, "user_id": anna.user.id}).status_code == 404
    assert [row.user_id for row in links()] == [anna.user.id]


def test_an_address_that_only_userinfo_has_is_asked_for_and_must_be_the_same_persons(anna, provider):
    provider.person = {"sub": "anna-at-work"}
    provider.userinfo = {"sub": "another", "email": "anna@example.com", "email_verified": True}
    assert failed(sign_in(anna), anna)
    provider.userinfo["sub"] = "anna-at-work"
    assert sign_in(anna).status_code == 303


def test_the_secret_goes_into_the_body_where_the_provider_takes_no_header(anna, provider):
    provider.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert sign_in(anna).status_code == 303
    assert provider.forms[-1]["client_secret"] == CLIENT_SECRET
    provider.discovery = {}
    sign_in(anna)
    assert "client_secret" not in provider.forms[-1]


def test_it_cannot_be_tried_as_often_as_one_likes(anna):
    answers = [anna.get("/admin/sso").status_code for _ in range(21)]
    assert (answers[:20], answers[20]) == ([303] * 20, 429)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"OIDC_ISSUER": "http://login.example.com"}, "must be an https:// address"),
        ({"OIDC_ISSUER": "login.example.com"}, "must be an https:// address"),
        ({"OIDC_ISSUER": "https://login.example.com?x=1"}, "must be an https:// address"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "CONSENT_OIDC_ISSUER needs CONSENT_OIDC_CLIENT_ID"),
    ],
)
def test_settings_that_do_not_fit_stop_the_start(environment, said):
    given = {f"CONSENT_{name}": value for name, value in environment.items()}
    with pytest.raises(config.ConfigError, match=re.escape(said)):
        config.load({"CONSENT_SECRET_KEYS": SECRET, **given})


def test_the_doctor_asks_the_provider_how_it_calls_itself(signing, provider, monkeypatch):
    def complaint():
        checks = {check.name: check for check in examine(signing.extensions["consent.config"])}
        return checks["single sign-on"].problem

    assert complaint() is None
    provider.discovery = {"issuer": f"{provider.issuer}/"}
    assert "(issuer)" in complaint()
    monkeypatch.setattr(oidc, "find_spec", lambda name: None)
    assert "extra `sso` is not installed" in complaint()
