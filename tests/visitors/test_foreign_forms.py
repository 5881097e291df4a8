"""Nobody but the visitor decides: a form that another page sends, or that does not fit, records nothing and says so."""

import pytest

from consent.factory import create_app
from consent.plain_pages.words import page_words
from tests.conftest import settings
from tests.visitors.form import PLATFORM, Browser, Page

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        (PLATFORM, {"Sec-Fetch-Site": "same-origin"}),
        ("null", {"Sec-Fetch-Site": "same-origin"}),  # what a browser sends where the referrer policy is no-referrer
        (PLATFORM, {}),
        (None, {"Referer": f"{PLATFORM}/settings/example?lang=ja"}),
    ],
)
def test_the_pages_own_form_is_taken(visit, records, origin, headers):
    assert visit.send("accept_all", origin=origin, headers=headers).status_code == 303
    assert len(records()) == 1


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("https://www.example.com", {}),  # the site itself: its banner has another way
        ("https://evil.example", {}),
        ("https://evil.example", {"Sec-Fetch-Site": "cross-site"}),
        ("https://www.example.net", {"Sec-Fetch-Site": "same-site"}),
        (PLATFORM, {"Sec-Fetch-Site": "cross-site"}),
        ("http://consent.example.net", {}),
        ("null", {}),
        (None, {}),
        (None, {"Sec-Fetch-Site": "none"}),
        (None, {"Referer": "https://evil.example/?https://consent.example.net/"}),
        (None, {"Referer": f"{PLATFORM}.evil.example/"}),
    ],
)
def test_a_form_of_another_page_records_nothing_and_sets_no_cookie(visit, records, origin, headers):
    answer = visit.send("accept_all", origin=origin, headers=headers)
    assert answer.status_code == 403
    assert "form_foreign" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert records() == []


@ON_SQLITE
def test_behind_a_proxy_that_says_nothing_the_public_address_is_ours(visit, records):
    """TLS ends before us and CONSENT_TRUSTED_PROXIES is 0: we see http and an address of our own."""
    page = visit.open()
    answer = visit.client.post(
        visit.url, base_url="http://127.0.0.1:8000", data={**page.hidden(), "action": "reject_all"}, headers={"Origin": PLATFORM}
    )  # fmt: skip
    assert answer.status_code == 303
    assert len(records()) == 1


NOT_FITTING = [
    ({"action": "shrug"}, "body_invalid"),
    ({"action": ""}, "body_invalid"),
    ({"action": None}, "body_invalid"),
    ({"service": ["nothing_like_it"]}, "service_unknown"),
    ({"service": ["ga4", "ga4\x00"]}, "service_unknown"),
    ({"policy_version": "0" * 64}, "policy_version_unknown"),
    ({"policy_version": "\x00"}, "policy_version_unknown"),
    ({"policy_version": None}, "policy_version_unknown"),
]


@pytest.mark.parametrize(("changes", "code"), NOT_FITTING)
def test_a_form_that_does_not_fit_records_nothing_and_is_answered_with_a_page(visit, records, changes, code):
    answer = visit.send("custom", query="?lang=ja", **changes)
    page = Page(answer.text)
    assert (answer.status_code, page.language) == (422, "ja")
    assert page_words()["ja"]["invalid"]["title"] in page.text
    assert code in page.text
    assert [each["href"] for each in page.named("a")] == ["/settings/example?lang=ja"]
    assert records() == []


def test_a_version_of_another_site_does_not_fit(visit, browser_of, other_site, publish_for, records):
    foreign = publish_for(other_site, texts={"ja": {"title": "別の題"}}).policy_version
    assert visit.send("reject_all", policy_version=foreign).status_code == 422
    assert browser_of(other_site).send("reject_all", policy_version=foreign).status_code == 303
    assert len(records()) == 1


@ON_SQLITE
def test_a_form_over_64_kib_is_refused(visit, records):
    answer = visit.send("custom", "ga4", more="x" * 70_000)
    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert records() == []


UNKNOWN = ["/settings/nobody", "/settings/%00", "/settings/%E3%81%82", "/settings/" + "x" * 3000]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_site_is_a_page_in_the_visitors_language(client, site, path):
    for language in ("ja", "en"):
        answer = client.get(path, headers={"Accept-Language": language})
        page = Page(answer.text)
        assert (answer.status_code, page.language) == (404, language)
        assert page_words()[language]["missing"]["title"] in page.text
        assert page.named("a") == []
        assert page.fetched() == []
    assert client.post(path, headers={"Origin": "http://localhost"}).status_code == 404


@ON_SQLITE
def test_an_unknown_sites_page_speaks_english_where_it_has_to_choose(client, site):
    assert Page(client.get("/settings/nobody", headers={"Accept-Language": "fi"}).text).language == "en"
    assert Page(client.get("/settings/nobody?lang=ar").text).named("html")[0]["dir"] == "rtl"


def test_a_site_without_a_policy_has_no_settings_yet(client, app):
    from consent import clock, sites
    from consent.db import transact

    transact(lambda c: sites.create(c, name="New", origins=["https://new.example"], key="new", now=clock.now()))
    answer = client.get("/settings/new")
    assert answer.status_code == 404
    assert "nothing_published" in answer.text


@ON_SQLITE
def test_too_many_forms_of_one_address_are_told_when_to_come_back(app_with, site):
    visit = Browser(app_with(rate_limit_records="2/minute").test_client(), site)
    answers = [visit.send("reject_all") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert "rate_limited" in answers[2].text


def test_a_dead_database_is_a_page_that_says_nothing_was_saved(tmp_path):
    client = create_app(settings("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path)).test_client()
    for answer in (client.get("/settings/x?lang=en"), client.post("/settings/x?lang=en", headers={"Origin": PLATFORM})):
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert page_words()["en"]["unavailable"]["title"] in answer.text
        assert int(answer.headers["Retry-After"]) > 0
