"""What is kept about a visitor, for themselves."""

import json

import pytest

from tests.conftest import ORIGIN
from tests.visitors.form import PLATFORM, Browser, Page


@pytest.fixture
def known(visitor, app, site):
    """A browser that the banner has handed its visitor over to, after two choices."""
    visitor.decide("accept_all", page_path="/products")
    visitor.decide("withdraw")
    made = Browser(app.test_client(), site)
    hand_over(made, visitor.token)
    return made


def hand_over(browser, token, origin=ORIGIN):
    headers = {"Origin": origin} if origin else {}
    return browser.client.post(
        f"{browser.url}/history?lang=en", base_url=PLATFORM, data={"visitor": token}, headers=headers
    )


def history(browser, query="?lang=en"):
    answer = browser.client.get(f"{browser.url}/history{query}", base_url=PLATFORM)
    assert answer.status_code == 200
    return Page(answer.text)


def download(browser):
    answer = browser.client.get(f"{browser.url}/history.json", base_url=PLATFORM)
    assert answer.headers["Cache-Control"] == "private, no-store"
    return json.loads(answer.text)["records"]


def test_every_choice_is_listed_with_its_receipt_the_newest_first(known):
    page = history(known)
    assert page.text.index("All consent withdrawn") < page.text.index("Everything accepted")
    receipts = [each["href"] for each in page.named("a") if each["href"].startswith("/r/")]
    assert len(receipts) == 2
    assert "Everything accepted" in known.client.get(receipts[1], base_url=PLATFORM).text


def test_everything_that_is_kept_can_be_taken_along(known, visitor):
    first, second = download(known)
    assert (first["decision"], second["decision"]) == ("accept_all", "withdraw")
    assert first["page_path"] == "/products"
    assert first["services"]["ga4"] is True
    assert second["previous_record_id"] == first["record_id"]
    assert first["received_time"].endswith("Z")


def test_a_stranger_sees_nothing(visitor, app, site):
    visitor.decide("accept_all")
    stranger = Browser(app.test_client(), site)
    assert "Nothing is kept about this browser" in history(stranger).text
    assert download(stranger) == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_page_that_is_not_the_sites_makes_nobody_known(visitor, app, site, origin):
    """It could make a visitor act for somebody else, and so read what they choose."""
    visitor.decide("accept_all")
    browser = Browser(app.test_client(), site)
    assert "Set-Cookie" not in hand_over(browser, visitor.token, origin).headers
    assert "Nothing is kept" in history(browser).text


@pytest.mark.parametrize("token", ["", "nonsense", "a.b"])
def test_a_token_that_is_none_makes_nobody_known(app, site, token):
    browser = Browser(app.test_client(), site)
    answer = hand_over(browser, token)
    assert (answer.status_code, answer.location) == (303, f"{browser.url}/history?lang=en")
    assert "Set-Cookie" not in answer.headers


def test_a_token_of_another_site_makes_nobody_known(visitor, app, other_site):
    visitor.decide("accept_all")
    browser = Browser(app.test_client(), other_site)
    assert "Set-Cookie" not in hand_over(browser, visitor.token, "https://other.example").headers


def test_many_choices_come_page_by_page_and_none_twice(visitor, app, site):
    for _ in range(53):
        visitor.decide("reject_all")
    browser = Browser(app.test_client(), site)
    hand_over(browser, visitor.token)
    page = history(browser)
    (older,) = [each["href"] for each in page.named("a") if "before=" in each["href"]]
    rest = Page(browser.client.get(older, base_url=PLATFORM).text)
    receipts = [each["href"] for part in (page, rest) for each in part.named("a") if each["href"].startswith("/r/")]
    assert len(receipts) == len(set(receipts)) == 53


def test_the_settings_page_leads_there(visit):
    assert f"{visit.url}/history?lang=en" in [each.get("href") for each in visit.open("?lang=en").named("a")]
