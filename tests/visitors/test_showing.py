"""The settings page says what the policy says, in the visitor's language, and asks nobody else for anything."""

import pytest
import yaml

from consent.plain_pages.words import page_words
from consent.policies.locales import banner_texts
from tests.people import example_policy
from tests.visitors.form import Page

TEN = ["ja", "en", "zh", "zh-TW", "ko", "de", "fr", "es", "pt", "ar"]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAIN = {"controller": {"name": "Sample"}, "privacy_policy": {"url": "https://www.example.com/p", "version": "1"}}


@ON_SQLITE
@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("", "", "ja"),
        ("", "en-GB,ja;q=0.8", "en"),
        ("", "en-GB;q=0.5,ja;q=0.8", "ja"),
        ("", "fr,de", "ja"),
        ("?lang=en", "ja", "en"),
        ("?lang=JA", "en", "ja"),
        ("?lang=en-US", "ja", "en"),
        ("?lang=fr", "en", "en"),
        ("?lang=%00", "", "ja"),
    ],
)
def test_the_address_rules_then_the_browser_then_the_site(visit, query, accepts, language):
    page = visit.open(query, **{"Accept-Language": accepts})
    assert page.language == language
    assert banner_texts()[language]["t"]["settings_body"] in page.text


@ON_SQLITE
@pytest.mark.parametrize("language", TEN)
def test_every_language_of_the_policy_is_shown_and_offered(visit, site, publish_for, language):
    publish_for(site, languages=TEN, **PLAIN)
    page = visit.open(f"?lang={language}")
    texts = banner_texts()[language.lower()]["t"]
    assert (page.language, page.named("html")[0]["dir"]) == (language.lower(), "rtl" if language == "ar" else "ltr")
    assert texts["accept"] in page.text
    assert texts["reject"] in page.text
    assert {each["lang"] for each in page.named("a") if "lang" in each} == {each.lower() for each in TEN}
    assert [each["lang"] for each in page.named("a") if "aria-current" in each] == [language.lower()]


def test_every_language_of_the_banner_has_words_for_our_pages():
    shape = {key: sorted(text) if isinstance(text, dict) else str for key, text in page_words()["en"].items()}
    assert page_words().keys() == banner_texts().keys()
    for language, words in page_words().items():
        assert {k: sorted(v) if isinstance(v, dict) else str for k, v in words.items()} == shape, language
        assert all(words.values())
        assert language == "en" or words["missing"] != page_words()["en"]["missing"]


def test_every_service_has_a_switch_that_is_off_before_a_decision(visit, site):
    services = {service["id"] for service in yaml.safe_load(example_policy())["services"]}
    assert visit.open().switches() == {"consent": (True, False)} | dict.fromkeys(services, (False, True))


def test_refusing_and_accepting_are_the_same_kind_of_button(visit):
    page = visit.open()
    assert page.buttons() == ["reject_all", "custom", "accept_all"]
    assert {tuple(sorted(each)) for each in page.named("button")} == {("name", "value")}


@ON_SQLITE
def test_a_category_without_services_has_a_switch_of_its_own(visit, site, publish_for):
    services = [each for each in yaml.safe_load(example_policy())["services"] if each["id"] != "youtube"]
    publish_for(site, services=services)
    assert visit.open().switches()["functional"] == (False, True)


@ON_SQLITE
def test_it_names_vendor_country_cookies_and_recipients(visit):
    text = visit.open("?lang=en").text
    for words in ("Google LLC", "United States", "_ga", "2 years", "Recipients:", "Privacy policy"):
        assert words in text


@ON_SQLITE
def test_a_recipient_who_acquires_personal_data_is_named_at_the_switch(visit, site, publish_for):
    services = yaml.safe_load(example_policy())["services"]
    services[1]["acquires_as_personal_data"] = {"items": ["cookie_id", "page_url"]}
    assert "acquires the following as personal data" not in visit.open("?lang=en").text
    publish_for(site, services=services)
    page = visit.open("?lang=en")
    assert "HubSpot, Inc. acquires the following as personal data" in page.text
    assert page.text.index("acquires the following") < page.text.index("HubSpot, Inc. ·"), "before any detail"


@ON_SQLITE
@pytest.mark.parametrize(("headers", "said"), [({"Sec-GPC": "1"}, True), ({"Sec-GPC": "0"}, False), ({}, False)])
def test_a_visitor_whose_browser_opts_out_reads_that_it_is_honoured(visit, headers, said):
    page = visit.open("?lang=en", **headers)
    assert ("GPC" in page.text) == said
    assert page.chosen() == set()


@ON_SQLITE
def test_nothing_is_fetched_from_anywhere_else_and_nothing_runs(visit):
    page = visit.open()
    assert page.fetched() == []
    assert [each for name in ("script", "style", "iframe", "img") for each in page.named(name)] == []
    assert [
        tag for tag, attributes in page.tags if "style" in attributes or any(n[:2] == "on" for n in attributes)
    ] == []


@ON_SQLITE
def test_the_policy_of_the_page_allows_no_script_at_all(client, site):
    headers = client.get("/settings/example").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin"


@ON_SQLITE
def test_the_page_wears_the_colours_of_the_site(client, site, publish_for):
    old = Page(client.get("/settings/example").text).named("link")[-1]["href"]
    theme = {"light": {"accent": "#7a0045"}, "dark": {"accent": "#ffb0d8", "accent_text": "#000000"}, "radius": 3}
    publish_for(site, theme=theme)
    new = Page(client.get("/settings/example").text).named("link")[-1]["href"]
    answer = client.get(new)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/css", "public, max-age=31536000, immutable")
    assert all(part in answer.text for part in ("--accent: #7a0045;", "--accent: #ffb0d8;", "--radius: 3px;"))
    assert "#7a0045" not in client.get(old).text, "an address never changes what it means"


def test_colours_of_a_version_that_the_site_never_had_are_not_there(client, site):
    for version in ("0" * 64, "x", "%00"):
        assert client.get(f"/settings/example/{version}.css").status_code == 422
