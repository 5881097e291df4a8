"""Where the platform lies under the site's own domain, a first visit gets the banner with the script, in one answer.

The page and the platform are on 127.0.0.1 here: a browser says whose request it is only to hosts that it trusts.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.banner_page import Banner

HOST = "127.0.0.1"


@pytest.fixture
def asked(page, platform):
    """The addresses of the platform that the page has asked for, in order."""
    found = []
    page.on("request", lambda request: found.append(request.url) if request.url.startswith(platform.url) else None)
    return found


@pytest.fixture
def banner(page, shop, platform, vendors):
    page.set_default_timeout(15_000)
    return Banner(page, shop, platform, platform.make_site([shop.origin(HOST)]))


def scripts(asked, banner):
    """As their last parts: the core has the key of the site."""
    names = [url.rpartition("/")[2] for url in asked if "/b/" in url]
    return ["core" if name == f"{banner.key}.js" else name for name in names]


def test_a_first_visit_makes_one_request_and_its_decision_arrives(banner, asked):
    banner.open(host=HOST).asks()
    assert scripts(asked, banner) == ["core"]
    banner.reject()
    banner.wait_for("consent.receipt()")
    assert [record["decision"] for record in banner.platform.records(banner.key)] == ["reject_all"]


def test_the_settings_and_what_is_counted_find_the_way_from_there(page, shop, platform, vendors, asked):
    key = platform.make_site([shop.origin(HOST)], recording={"ip_prefix": True, "browser": True, "showings": True})
    banner = Banner(page, shop, platform, key)
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/ja.js")
    ) as shown:
        banner.open(host=HOST).asks()
    assert shown.value.status == 204
    asked.clear()
    banner.settings().save()
    assert scripts(asked, banner) == ["ja.preferences.js"]


def test_a_visitor_who_has_decided_gets_the_core_alone(banner, asked, page):
    banner.open(host=HOST).asks().accept()
    asked.clear()
    page.route(banner.script, lambda route: route.continue_())  # as if the browser held nothing
    with page.expect_response(banner.script) as found:
        banner.open("/other", host=HOST)
    assert found.value.headers["cache-control"].startswith("public")
    banner.is_silent()
    assert scripts(asked, banner) == ["core"]
    banner.reopen()
    assert scripts(asked, banner) == ["core", "ja.js", "ja.preferences.js"]


def test_what_the_browser_held_from_before_the_decision_asks_no_more(banner, asked):
    banner.open(host=HOST).asks().reject()
    asked.clear()
    banner.open("/other", host=HOST).is_silent()
    banner.reopen()
    assert set(scripts(asked, banner)) - {"core"} == {"ja.js", "ja.preferences.js"}


def test_a_page_in_another_language_gets_its_own_banner_and_no_second_one(banner, asked):
    banner.put("/", attributes="data-lang=en")
    banner.open(host=HOST).asks()
    assert scripts(asked, banner) == ["core", "en.js"]
    expect(banner.root.locator(".consent-ui")).to_have_count(1)
    expect(banner.root.locator(".consent-ui")).to_have_attribute("lang", "en")


def test_a_decision_that_only_the_mirror_has_left_is_one(banner, page):
    banner.open(host=HOST).asks().reject()
    page.context.clear_cookies()
    banner.open("/other", host=HOST).is_silent()
    assert page.evaluate("consent.state().decision") == "reject_all"


def test_a_script_that_is_there_twice_shows_one_banner(banner):
    banner.put("/", head=banner.tag())
    banner.open(host=HOST).asks()
    expect(banner.root.locator(".consent-ui")).to_have_count(1)
