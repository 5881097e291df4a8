"""The page that helps to put the tag into a site."""

import pytest

from consent import clock, sites
from consent.accounts import roles
from consent.db import db, transact
from tests.admin.people import ORIGIN, Person
from tests.sites.test_fetching import running

PATH = "/admin/sites/example/install"


@pytest.fixture
def owner(person, site):
    return person("owner", site)


@pytest.mark.parametrize(
    ("variant", "holds"),
    [
        ("", "&lt;script src=&#34;https://consent.example.net/b/example.js&#34;&gt;&lt;/script&gt;"),
        ("nonce", "nonce=&#34;{{ nonce }}&#34;"),
        ("gtm", "data-service=&#34;gtm&#34;"),
        ("wordpress", "add_action(&#39;wp_head&#39;"),
        ("no-such", "&lt;script src=&#34;https://consent.example.net/b/example.js&#34;&gt;&lt;/script&gt;"),
    ],
)
def test_each_variant_of_the_snippet_is_there_to_copy(owner, variant, holds):
    page = owner.get(PATH, query_string={"for": variant}).text
    assert holds in page
    assert "https://consent.example.net/b/example.js" in page
    assert 'data-copy="snippet"' in page


def test_what_the_sites_own_content_security_policy_needs_is_said(owner):
    assert "script-src https://consent.example.net; connect-src https://consent.example.net" in owner.get(PATH).text
    assert "script-src &#39;nonce-…&#39; https://consent" in owner.get(f"{PATH}?for=nonce").text


def test_the_last_record_is_evidence_that_it_is_installed(owner, visitor):
    assert "No record was received yet" in owner.get(PATH).text
    visitor.decide("accept_all")
    assert "Last record received:" in owner.get(PATH).text


@pytest.fixture
def at_home(app_with):
    """A platform on one's own machine, which may look at sites on it."""
    app = app_with(public_url="http://127.0.0.1:8000")
    with app.app_context():
        yield app


def made_by(app, origins):
    anna = Person(app, "anna@example.com")
    anna.get = lambda path, **more: anna.client.get(path, base_url="http://127.0.0.1:8000", **more)

    def post(path, data, **more):
        headers = {"Origin": "http://127.0.0.1:8000"}
        return anna.client.post(path, base_url="http://127.0.0.1:8000", data=data, headers=headers, **more)

    anna.post = post

    def unit(connection):
        made = sites.create(connection, name="Shop", origins=origins, key="shop", now=clock.now())
        roles.grant(connection, user_id=anna.user.id, site_id=made.id, role="owner", now=clock.now())

    transact(unit)
    assert anna.sign_in().status_code == 303
    return anna


TAG = b'<html><head><script src="http://127.0.0.1:8000/b/shop.js"></script></head>'


def test_the_page_is_looked_at_and_what_holds_is_said(at_home):
    with running({"/": (200, {}, TAG)}) as shop:
        anna = made_by(at_home, [shop.origin])
        answer = anna.post("/admin/sites/shop/install", {"origin": shop.origin})
        assert "The tag is there." in answer.text
        assert "No Google tag runs before it." in answer.text
        shop.answers["/"] = (200, {}, b"<html><script>gtag('js')</script>" + TAG.replace(b"src", b"async src"))
        answer = anna.post("/admin/sites/shop/install", {"origin": shop.origin})
        assert "A Google tag runs before it" in answer.text
        assert "It has async, defer or type=module" in answer.text
        shop.answers["/"] = (200, {}, b"<html>")
        answer = anna.post("/admin/sites/shop/install", {"origin": shop.origin})
        assert "The tag is not in the HTML" in answer.text
        assert "Not checked: does it stand before" in answer.text
        assert "is there.<" not in answer.text


def test_a_page_that_cannot_be_fetched_is_not_checked_and_says_why(at_home):
    with running({"/": (503, {}, b"")}) as shop:
        anna = made_by(at_home, [shop.origin])
        answer = anna.post("/admin/sites/shop/install", {"origin": shop.origin})
    assert "Not checked" in answer.text
    assert "answered with 503" in answer.text


def test_in_production_nobody_reaches_the_servers_own_network_through_it(app, person, site):
    """SSRF: an owner registers what origins they like."""
    owner = person("owner", site)
    with running({"/": (200, {}, TAG)}) as inner:
        transact(lambda connection: sites.set_origins(connection, site, [inner.origin]))
        answer = owner.post(PATH, {"origin": inner.origin})
        assert "leads into a private network" in answer.text
        assert owner.post(PATH, {"origin": "http://169.254.169.254"}).text.count("is not an origin of this site") == 1
        assert inner.asked == []


def test_auditors_see_how_it_is_installed_and_send_the_server_nowhere(person, site):
    auditor = person("auditor", site)
    page = auditor.get(PATH)
    assert page.status_code == 200
    assert "Check now" not in page.text
    assert auditor.post(PATH, {"origin": "https://www.example.com"}).status_code == 403


def test_nobody_makes_this_server_ask_others_as_often_as_they_like(owner):
    outcomes = [owner.post(PATH, {"origin": "https://elsewhere.example"}).status_code for _ in range(11)]
    assert outcomes == [200] * 10 + [429]


def test_the_snippet_of_the_page_is_the_script_that_the_platform_serves(owner, client, site):
    assert client.get("/b/example.js", base_url=ORIGIN).status_code == 200
    with db.engine.connect() as connection:
        assert sites.find(connection, "example").key in owner.get(PATH).text
