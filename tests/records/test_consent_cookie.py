"""Server and browser write the same cookie."""

import pytest
from sqlalchemy import update

from consent.db import transact
from consent.records import consent_cookie
from consent.sites.models import site_table

VECTOR = "v=1&p=0123456789abcdef&m=1&t=1700000000&e=1800000000&d=custom&g=necessary~analytics~.consent~.ga4&i="


def test_the_checksum_is_fnv_1a():
    """A vector of the algorithm's authors ("foobar", draft-eastlake-fnv), and ours, which banner/test holds too."""
    assert consent_cookie.fnv_1a(b"foobar") == 0xBF9CF968
    assert consent_cookie.checksum("site", VECTOR) == "70ec2efb"


@pytest.fixture
def same_site(app, site):
    transact(lambda c: c.execute(update(site_table).values(cookie_domain="example.com")))
    app.extensions["consent.sites"].by_key.cache.clear()


def test_a_platform_on_the_sites_own_domain_sets_the_cookie_by_http(same_site, visitor):
    answer = visitor.decide("custom", granted=["ga4"])
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith('consent="v=1') or cookie.startswith("consent=v=1")
    assert "Domain=example.com" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "HttpOnly" not in cookie, "the banner reads it"
    granted = cookie.partition("&g=")[2].partition("&i=")[0].split("~")
    assert sorted(granted) == [".consent", ".ga4", "analytics", "necessary"]
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


def test_a_signal_of_the_browser_sets_no_cookie(same_site, visitor):
    assert "Set-Cookie" not in visitor.decide("gpc", source="gpc").headers


def test_the_cookie_is_under_a_kilobyte_with_every_service_granted(same_site, visitor):
    cookie = visitor.decide("accept_all").headers["Set-Cookie"]
    assert len(cookie.split(";")[0]) < 1024
