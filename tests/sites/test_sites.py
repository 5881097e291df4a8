import pytest

from consent import clock
from consent.accounts import tokens
from consent.db import db, transact
from consent.sites import SiteInvalid, create, set_origins
from consent.sites.values import normal_origin

ORIGINS = {
    "https://www.example.co.jp": "https://www.example.co.jp",
    "HTTPS://WWW.Example.co.jp/": "https://www.example.co.jp",
    "https://www.example.co.jp:443": "https://www.example.co.jp",
    "http://localhost:8001": "http://localhost:8001",
    "https://日本語.jp": "https://xn--wgv71a119e.jp",
    "http://[::1]:8000": "http://[::1]:8000",
}


@pytest.mark.parametrize(("given", "normal"), ORIGINS.items())
def test_an_origin_is_kept_as_a_browser_writes_it(given, normal):
    assert normal_origin(given) == normal


@pytest.mark.parametrize(
    "given",
    [
        "www.example.co.jp",
        "ftp://x.example",
        "https://x.example/path",
        "https://u:p@x.example",
        "https://x.example#top",
        "https://x:99999",
        "https://a b.example",
        "https://[x]",
        "https://\udcff.example",
        f"https://{'ü' * 70}.example",
        f"https://{'x' * 254}",
        "*",
        "",
    ],
)
def test_what_is_no_origin_is_refused(given):
    with pytest.raises(SiteInvalid):
        normal_origin(given)


def make(**changes):
    values = {"name": "Shop", "origins": ["https://shop.example"], "now": clock.now(), **changes}
    return transact(lambda connection: create(connection, **values))


def test_a_site_gets_a_random_key(app):
    assert make().key != make().key


@pytest.mark.parametrize(
    "wrong", [{"key": "a/b"}, {"key": "x"}, {"name": " "}, {"origins": []}, {"cookie_domain": "localhost"}]
)
def test_a_site_that_makes_no_sense_is_refused(app, wrong):
    with pytest.raises(SiteInvalid):
        make(**wrong)


@pytest.mark.parametrize("domain", ["co.jp", "github.io", ".CO.JP", "chiyoda.tokyo.jp", "anything.kawasaki.jp"])
def test_a_public_suffix_as_cookie_domain_is_refused(app, domain):
    """City.kawasaki.jp is one of the exceptions in the list."""
    with pytest.raises(SiteInvalid, match="Anybody can have a name below") as refused:
        make(cookie_domain=domain)
    assert (refused.value.field, refused.value.reason) == ("cookie_domain", "domain_public")
    assert make(cookie_domain="city.kawasaki.jp").cookie_domain == "city.kawasaki.jp"


def test_a_key_is_taken_once(app):
    make(key="shop")
    with pytest.raises(SiteInvalid):
        make(key="shop")


def test_origins_can_be_replaced_but_not_all_removed(app):
    site = make()
    changed = transact(lambda connection: set_origins(connection, site, ["https://new.example"]))
    assert changed.origins == {"https://new.example"}
    with pytest.raises(SiteInvalid):
        transact(lambda connection: set_origins(connection, site, []))


def test_only_the_hash_of_a_token_is_stored(app, site, token_for):
    token = token_for("auditor", site)
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_token").all()
    assert token not in str(rows)
    assert len(rows) == 1


def test_a_revoked_token_opens_nothing_and_is_revoked_once(app, site, token_for):
    token = token_for("auditor", site)
    with db.engine.connect() as connection:
        found = tokens.identify(connection, token, clock.now())
    assert transact(lambda connection: tokens.revoke(connection, found.id, clock.now())) is True
    assert transact(lambda connection: tokens.revoke(connection, found.id, clock.now())) is False
    with db.engine.connect() as connection, pytest.raises(tokens.TokenInvalid):
        tokens.identify(connection, token, clock.now())


@pytest.mark.parametrize("key", ["%00", "nobody", "x" * 300, "%F0%9F%8D%AA"])
def test_a_key_that_no_site_can_have_is_unknown_and_no_failure(client, key):
    assert client.get(f"/b/{key}.js").status_code == 404
