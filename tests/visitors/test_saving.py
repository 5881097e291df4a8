"""What is chosen in the form is recorded as durably as in the banner, once, and shown again."""

import pytest
import yaml
from sqlalchemy import update

from consent.db import transact
from consent.metrics import RECORDS
from consent.records import consent_cookie
from consent.sites.models import site_table
from tests.people import Visitor, example_policy

OPTIONAL = {"ga4", "hubspot", "marketo", "youtube", "meta_pixel"}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("action", "services", "granted"),
    [
        ("accept_all", (), OPTIONAL),
        ("reject_all", (), set()),
        ("reject_all", ("ga4", "marketo"), set()),
        ("custom", ("ga4",), {"ga4"}),
        ("custom", (), set()),
    ],
)
def test_a_decision_is_a_record_and_the_page_shows_it(visit, records, action, services, granted):
    page = visit.choose(action, *services, query="?lang=en")
    (row,) = records()
    assert (row["decision"], row["source"], row["language"]) == (action, "preferences", "en")
    assert {name for name, on in row["services"].items() if on} == granted | {"consent"}
    assert row["categories"]["analytics"] == ("ga4" in granted)
    assert row["categories"]["necessary"] is True
    assert (page.chosen(), "Your choice has been saved." in page.text) == (granted, True)


def test_a_record_names_the_version_the_page_showed_and_claims_no_time_of_the_browser(visit, records):
    page = visit.open()
    visit.choose("reject_all", page=page)
    (row,) = records()
    assert row["policy_version"] == page.hidden()["policy_version"]
    assert (row["client_ms"], row["page_path"], row["script"]) == (None, None, None)


def test_words_that_changed_in_between_are_not_claimed_to_have_been_shown(visit, site, publish_for, records):
    page = visit.open()
    new = publish_for(site, texts={"ja": {"settings_body": "新しい説明です。"}})
    visit.choose("accept_all", page=page)
    visit.choose("accept_all")
    assert [row["policy_version"] for row in records()] == [page.hidden()["policy_version"], new.policy_version]


def test_a_consent_from_before_a_new_service_does_not_count_for_it(visit, site, publish_for):
    assert visit.choose("accept_all").chosen() == OPTIONAL
    ads = {
        "id": "google_ads",
        "preset": "google_ads",
        "parameters": {"conversion_id": "AW-0000000001"},
        "load": "platform",
    }
    services = [*yaml.safe_load(example_policy())["services"], ads]
    assert publish_for(site, services=services).material
    assert visit.open().chosen() == set(), "asked again"


def test_the_next_decision_follows_the_last_one_of_the_same_visitor(visit, records):
    visit.choose("accept_all")
    assert visit.choose("custom", "youtube").chosen() == {"youtube"}
    first, second = records()
    assert second["visitor_id"] == first["visitor_id"]
    assert (first["previous_record_id"], second["previous_record_id"]) == (None, first["record_id"])


def test_two_visitors_do_not_see_each_others_choice(browser_of, site):
    assert browser_of(site).choose("accept_all").chosen() == OPTIONAL
    assert browser_of(site).open().chosen() == set()


def test_a_visitor_of_one_site_is_nobody_on_another(browser_of, site, other_site, records):
    visit = browser_of(site)
    visit.choose("accept_all")
    cookie = visit.client.get_cookie("consent_visitor", domain="consent.example.net", path="/settings/example")
    other = browser_of(other_site)
    other.client.set_cookie("consent_visitor", cookie.value, domain="consent.example.net", path="/settings/other")
    assert other.open().chosen() == set()
    other.choose("reject_all")
    first, second = records()
    assert first["visitor_id"] != second["visitor_id"]


def test_pressing_twice_records_once(visit, records):
    page = visit.open()
    visit.choose("reject_all", page=page)
    visit.choose("reject_all", page=page)
    assert len(records()) == 1


def test_going_back_and_choosing_differently_is_a_decision_of_its_own(visit, records):
    page = visit.open()
    visit.choose("accept_all", page=page)
    assert visit.choose("reject_all", page=page).chosen() == set()
    assert [row["decision"] for row in records()] == ["accept_all", "reject_all"]


@ON_SQLITE
@pytest.mark.parametrize("record_id", [None, "", "1", "x" * 5000, "0198c0de-0000-4000-8000-000000000000"])
def test_an_id_that_is_none_is_replaced(visit, records, record_id):
    visit.choose("reject_all", record_id=record_id)
    assert len(records()[0]["record_id"]) == 36


def test_a_signal_of_the_browser_is_kept_beside_the_decision(visit, records):
    visit.choose("reject_all", headers={"Sec-GPC": "1"})
    visit.choose("reject_all")
    assert [(row["decision"], row["gpc"]) for row in records()] == [("reject_all", True), ("reject_all", False)]


@ON_SQLITE
def test_it_is_counted_like_any_other_decision(visit):
    counter = RECORDS.labels("reject_all", "preferences")
    before = counter._value.get()
    visit.choose("reject_all")
    assert counter._value.get() == before + 1


@ON_SQLITE
def test_the_pages_own_cookie_is_for_the_page_alone(visit):
    (cookie,) = visit.send("reject_all").headers.getlist("Set-Cookie")
    assert cookie.startswith("consent_visitor=")
    for part in ("Secure", "HttpOnly", "Path=/settings/example", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.fixture
def same_site(app, site):
    transact(lambda c: c.execute(update(site_table).values(cookie_domain="example.net")))
    app.extensions["consent.sites"].by_key.cache.clear()


def site_cookie(answer):
    found = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("consent=")]
    return found[0] if found else None


@ON_SQLITE
def test_where_the_platform_is_same_site_the_banner_finds_the_decision(visit, same_site, records):
    answer = visit.send("custom", "ga4", "hubspot")
    cookie = site_cookie(answer)
    value, _, attributes = cookie.removeprefix("consent=").strip('"').partition(";")
    text, _, sum_of_it = value.partition("&k=")
    assert sum_of_it == consent_cookie.checksum("example", text)
    fields = dict(field.split("=", 1) for field in text.split("&"))
    granted = {"necessary", "analytics", "ma", ".consent", ".ga4", ".hubspot"}
    assert (fields["d"], set(fields["g"].split("~"))) == ("custom", granted)
    assert fields["p"] == records()[0]["policy_version"][:16]
    assert "Domain=example.net" in attributes
    assert "HttpOnly" not in attributes


@ON_SQLITE
def test_where_it_is_not_no_cookie_claims_to_be_the_sites(visit):
    assert site_cookie(visit.send("accept_all")) is None


def test_a_visitor_of_the_banner_is_the_same_visitor_here(app, visit, same_site, site, records):
    banner = Visitor(app.test_client(), site)
    banner.decide("custom", granted=["marketo"])
    visit.client.set_cookie("consent", f"v=1&d=custom&i={banner.token}&k=0", domain="example.net", origin_only=False)
    assert visit.open().chosen() == {"marketo"}
    visit.choose("reject_all")
    assert len({row["visitor_id"] for row in records()}) == 1


@pytest.mark.parametrize("cookie", ["", "i=", "i=forged.token", "v=1&k=&&&i=%00", "é"])
def test_a_cookie_that_is_not_ours_says_nothing(visit, same_site, records, cookie):
    visit.client.set_cookie("consent", cookie, domain="example.net", origin_only=False)
    visit.client.set_cookie("consent_visitor", cookie, domain="consent.example.net")
    assert visit.open().chosen() == set()
    visit.choose("reject_all")
    assert len(records()) == 1
