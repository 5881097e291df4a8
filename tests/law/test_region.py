"""Where a visitor is: nobody but a trusted proxy, or the file on this machine, is believed."""

import pytest
from flask import request

from consent import config
from consent.config import ConfigError
from consent.factory import create_app
from consent.law.region import is_code, locate
from tests.conftest import settings
from tests.law import mmdb

TOKYO, PARIS, NOBODY = "203.0.113.7", "198.51.100.9", "192.0.2.1"


@pytest.fixture
def file(tmp_path):
    rows = {
        "203.0.113.0/24": {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "13"}]},
        "198.51.100.0/24": {"country": {"iso_code": "FR"}},
        "192.0.2.64/26": {"country": {"iso_code": "EU"}},
        "192.0.2.128/26": {"continent": {"code": "AS"}},
    }
    return mmdb.write(tmp_path / "city.mmdb", rows)


def found(tmp_path, *, address=NOBODY, headers=(), **changes):
    app = create_app(settings(f"sqlite:///{tmp_path}/x.sqlite", tmp_path, **changes))
    seen = []
    app.add_url_rule("/where", view_func=lambda: str(seen.append(locate(request))))
    app.test_client().get("/where", headers=list(headers), environ_base={"REMOTE_ADDR": address})
    return seen[0]


def at(region):
    return region.code, region.source


PROXY = {"trusted_proxies": "1", "region_header": "X-Region"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("JP", "JP"), ("us-ca", "US-CA"), (" FR ", "FR")),
        *((each, None) for each in ("US-", "XX", "T1", "UK", "EU", "", "JP, US", "JP\u00e9", "<script>", "YY-CA")),
    ],
)
def test_the_proxys_header_is_believed_where_it_names_a_country(tmp_path, said, code):
    assert at(found(tmp_path, headers=[("X-Region", said)], **PROXY)) == (code, "header" if code else "none")


def test_country_and_subdivision_may_come_in_two_headers(tmp_path):
    two = {**PROXY, "region_header": "X-Country, X-State"}
    assert at(found(tmp_path, headers=[("X-Country", "US"), ("X-State", "CA")], **two)) == ("US-CA", "header")
    assert at(found(tmp_path, headers=[("X-Country", "JP")], **two)) == ("JP", "header")
    assert at(found(tmp_path, headers=[("X-State", "CA")], **two)) == (None, "none")


def test_a_header_that_came_twice_is_not_believed(tmp_path):
    """A visitor sends one, and the proxy adds its own: nobody can say which is which."""
    assert at(found(tmp_path, headers=[("X-Region", "US-TX,JP")], **PROXY)) == (None, "none")


def test_without_the_setting_the_header_of_a_visitor_says_nothing(tmp_path):
    assert at(found(tmp_path, headers=[("X-Region", "US-CA")])) == (None, "none")


def test_a_header_without_a_proxy_is_refused_at_the_start(tmp_path):
    with pytest.raises(ConfigError, match="needs CONSENT_TRUSTED_PROXIES"):
        settings("sqlite:///x", tmp_path, region_header="X-Region")


@pytest.mark.parametrize("name", ["X Region", "a,b,c", "X-Region:"])
def test_what_is_no_header_is_refused_at_the_start(name):
    with pytest.raises(ConfigError, match="CONSENT_REGION_HEADER must be"):
        config.load({"CONSENT_SECRET_KEYS": "0123456789abcdef" * 4, "CONSENT_REGION_HEADER": name})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        *((TOKYO, "JP-13"), (PARIS, "FR")),
        *((each, None) for each in (NOBODY, "192.0.2.70", "192.0.2.130", "2001:db8::1", "", "unix:")),
    ],
)
def test_the_file_knows_some_addresses(tmp_path, file, address, code):
    region = found(tmp_path, address=address, geoip_file=str(file))
    assert at(region) == (code, "geoip" if code else "none")


def test_the_address_is_the_one_that_trusted_proxies_say(tmp_path, file):
    forged = [("X-Forwarded-For", f"{TOKYO}, {PARIS}")]
    one = {"geoip_file": str(file), "trusted_proxies": "1"}
    assert at(found(tmp_path, headers=forged, **one)) == ("FR", "geoip")
    assert at(found(tmp_path, headers=forged, geoip_file=str(file))) == (None, "none")


def test_the_header_comes_before_the_file(tmp_path, file):
    both = {**PROXY, "geoip_file": str(file)}
    assert at(found(tmp_path, address=TOKYO, headers=[("X-Region", "DE")], **both)) == ("DE", "header")
    assert at(found(tmp_path, address=TOKYO, headers=[("X-Region", "XX")], **both)) == ("JP-13", "geoip")


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path, content):
    path = tmp_path / "broken.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="CONSENT_GEOIP_FILE cannot be read"):
        found(tmp_path, geoip_file=str(path))


def test_a_code_is_a_country_or_a_part_of_one():
    assert all(map(is_code, ("JP", "US-CA", "GB-SCT", "FR-2A")))
    assert not any(map(is_code, ("jp", "USA", "US-", "US-CALI", "ZZ", "EU", "UN", "JP\n")))
