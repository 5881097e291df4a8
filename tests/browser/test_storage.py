"""The cookie and its mirror: only a whole, valid, unexpired decision of this site grants anything, and the stricter one wins."""

import time

import pytest

from tests.browser.banner_page import DAY

GA4, YOUTUBE, MARKETO = "analytics.ga4", "functional.youtube", "ma.marketo"
NOW = time.time()


def test_a_planted_valid_cookie_grants_what_it_says(banner_of):
    banner = banner_of()
    banner.plant(banner.text(now=NOW, granted=[GA4, YOUTUBE])).open().is_silent()
    assert set(banner.granted()) == {"ga4", "youtube"}


def broken(text):
    """Ways in which a good text may have been spoilt."""
    body, _, checksum = text.partition("&k=")
    return {
        "empty": "",
        "null": "null",
        "true": "true",
        "the object of another tool": "{%22analytics%22:true}",
        "not even encoded": "%E0%A4%A",
        "cut off": text[:60],
        "without a checksum": body,
        "with an altered grant": text.replace("~.ga4", "~.ga4~.youtube"),
        "with an altered category": text.replace("~analytics", "~analytics~functional~ma~advertising"),
        "with a later end": text.replace("&d=", "0&d="),
        "with another checksum": f"{body}&k={'0' * 8}",
        "with more behind it": f"{text}&g=.ga4",
        "with a checksum in capitals": f"{body}&k={checksum.upper()}x",
        "of a prototype": "__proto__=1&constructor=1&k=",
        "accept_all alone": "accept_all",
    }


def test_a_null_altered_unparsable_or_foreign_cookie_never_grants_and_kills_no_page(banner_of, page):
    banner = banner_of()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    for name, text in broken(banner.text(now=NOW, granted=[GA4])).items():
        banner.plant(text).open().asks()
        assert (name, banner.granted(), banner.state()["decided"]) == (name, [], False)
        assert all(entry[1] != "update" for entry in banner.data_layer() if isinstance(entry, list))
    assert errors == []
    banner.accept().open("/a").is_silent()
    assert banner.cookie()["d"] == "accept_all"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"t": int(NOW) - 200 * DAY, "e": int(NOW) - 5}, id="expired"),
        pytest.param({"t": int(NOW) + 2 * DAY}, id="decided the day after tomorrow"),
        {"e": "never"},
        {"e": ""},
        {"t": "NaN"},
        {"v": 2},
        {"m": 2},
        {"m": 0},
        {"m": ""},
        {"d": ""},
    ],
    ids=str,
)
def test_a_cookie_with_a_good_checksum_but_an_impossible_field_never_grants(banner_of, changes):
    banner = banner_of()
    banner.plant(banner.text(now=NOW, granted=[GA4], **changes)).open().asks()
    assert banner.granted() == []


def test_a_cookie_of_another_site_never_grants(banner_of):
    other, banner = banner_of(), banner_of()
    banner.plant(other.text(now=NOW, granted=[GA4])).open().asks()
    assert banner.granted() == []
    banner.plant(banner.text(now=NOW, granted=[GA4])).open("/a").is_silent()


def test_ids_that_the_policy_lacks_are_ignored_and_a_service_needs_its_category(banner_of):
    banner = banner_of()
    text = banner.text(now=NOW, g="analytics~unheard~.constructor~.ga4~.hubspot~.unheard~.youtube")
    banner.plant(text).open().is_silent()
    assert banner.granted() == ["ga4"]
    assert banner.state()["categories"].keys() == {"necessary", "functional", "analytics", "ma", "advertising"}


@pytest.mark.parametrize("cookie_is_later", [True, False])
def test_where_cookie_and_mirror_differ_only_what_both_grant_is_granted(banner_of, cookie_is_later):
    banner = banner_of()
    times = [int(NOW) - 2 * DAY, int(NOW) - DAY]
    mirror, cookie = times if cookie_is_later else reversed(times)
    banner.plant(banner.text(now=NOW, granted=[GA4, YOUTUBE], t=cookie))
    banner.plant_mirror(banner.text(now=NOW, granted=[GA4, MARKETO], t=mirror)).open().is_silent()
    assert banner.granted() == ["ga4"]
    assert banner.kept() == ["analytics", ".ga4"]
    assert "&g=necessary~analytics~.consent~.ga4&" in banner.stored()
    assert int(banner.cookie()["t"]) == times[1]


def test_a_refusal_beside_a_consent_is_a_refusal(banner_of):
    banner = banner_of()
    banner.plant(banner.text(now=NOW, granted=[GA4], d="accept_all"))
    banner.plant_mirror(banner.text(now=NOW, d="reject_all", t=int(NOW) - 3 * DAY)).open().is_silent()
    assert banner.granted() == []


def test_an_invalid_mirror_takes_nothing_from_a_valid_cookie_and_the_other_way_round(banner_of):
    banner = banner_of()
    good = banner.text(now=NOW, granted=[GA4])
    banner.plant(good).plant_mirror("{}").open().is_silent()
    assert banner.granted() == ["ga4"]
    assert banner.stored().startswith(good)
    banner.plant("garbage").open("/a").is_silent()
    assert (banner.granted(), banner.kept()) == (["ga4"], ["analytics", ".ga4"])


def test_a_cookie_that_the_browser_has_purged_is_renewed_from_its_mirror(visit):
    banner = visit().call("save({services: {ga4: true}})")
    banner.delivered()
    before = banner.cookie()
    banner.page.context.clear_cookies()
    banner.open("/a").is_silent()
    assert (banner.granted(), banner.cookie()) == (["ga4"], before)
    assert banner.cookies()[0]["expires"] == pytest.approx(int(before["e"]), abs=5)


def test_a_mirror_that_has_been_cleared_is_renewed_from_the_cookie(visit):
    banner = visit().asks().reject().settle()
    banner.page.evaluate("localStorage.clear()")
    banner.open("/a").is_silent()
    assert "d=reject_all" in banner.stored()


def test_with_both_gone_the_visitor_is_undecided(visit):
    banner = visit().asks().accept()
    banner.delivered()  # the answer writes the cookie once more
    banner.page.evaluate("localStorage.clear()")
    banner.page.context.clear_cookies()
    assert banner.open("/a").asks().granted() == []


def test_a_stored_refusal_is_told_from_no_decision(visit):
    banner = visit().asks().reject().settle()
    assert (banner.cookie()["d"], banner.kept()) == ("reject_all", [])
    banner.open("/a").is_silent()
    assert (banner.state()["decision"], banner.granted()) == ("reject_all", [])


def test_the_decision_holds_on_every_host_of_the_domain_and_on_no_other(visit):
    banner = visit().asks().accept().settle()
    (cookie,) = banner.cookies()
    assert (cookie["domain"], cookie["path"], cookie["sameSite"]) == (".shop.example", "/", "Lax")
    for host in ("shop.example", "blog.shop.example", "a.b.shop.example"):
        banner.open("/x", host=host).is_silent()
        assert banner.granted()
    banner.open("/x", host="www.other.example").asks()


def test_a_decision_on_a_deeper_host_and_path_reaches_the_whole_domain_once(banner_of):
    banner = banner_of().open("/deep/er", host="a.b.shop.example").asks().reject().settle()
    assert [cookie["domain"] for cookie in banner.cookies()] == [".shop.example"]
    banner.open("/", host="shop.example").is_silent()


def test_an_older_cookie_on_a_narrower_domain_does_not_outlive_a_new_decision(banner_of):
    banner = banner_of()
    for domain in ("www.shop.example", ".www.shop.example", ".shop.example"):
        banner.plant(banner.text(now=NOW, granted=[GA4]), domain=domain)
    banner.open().is_silent()
    banner.call("rejectAll()").settle()
    assert banner.cookie()["d"] == "reject_all"
    assert banner.open("/a").granted() == []


def test_an_address_and_localhost_have_no_domain_and_keep_the_decision_all_the_same(banner_of, shop):
    for host in ("127.0.0.1", "localhost"):
        banner = banner_of().open(host=host).asks().reject().settle()
        assert host in [cookie["domain"] for cookie in banner.cookies()]
        banner.open("/a", host=host).is_silent()


def test_under_https_the_cookie_is_secure(banner_of, context, shop):
    banner = banner_of()
    banner.put("/")
    html = shop.pages["/"]
    context.grant_permissions(["local-network-access"])
    context.route("https://www.shop.example/**", lambda route: route.fulfill(body=html, content_type="text/html"))
    banner.page.goto("https://www.shop.example/")
    banner.asks().reject().settle()
    (cookie,) = banner.cookies()
    assert (cookie["secure"], cookie["domain"]) == (True, ".shop.example")


def test_where_storage_is_forbidden_nothing_breaks_and_the_answer_holds_for_the_page(banner_of, shop):
    banner = banner_of()
    gated = '<script type="text/plain" data-service=ga4>document.body.append("granted")</script>'
    banner.put("/inner", gated)
    shop.put("/outer", "<iframe sandbox=allow-scripts src=/inner width=1200 height=700></iframe>")
    banner.page.goto(f"{shop.origin()}/outer")
    inside = banner.page.frame_locator("iframe")
    assert (
        inside.locator("body").evaluate("() => { try { return document.cookie } catch { return 'forbidden' } }")
        == "forbidden"
    )
    inside.locator("[data-consent-action=accept-all]").click()
    inside.get_by_text("granted").wait_for()
    assert banner.page.frames[1].evaluate("consent.state().decision") == "accept_all"
    banner.page.goto(f"{shop.origin()}/outer")
    inside.locator("[data-consent-action=accept-all]").wait_for()


def test_many_services_fit_into_the_cookie(banner_of):
    """A cookie of more than 4096 bytes would be dropped without a word."""
    many = [custom(number) for number in range(60)]
    banner = banner_of(services=many).open().call("acceptAll()").settle()
    assert len(banner.cookies()[0]["value"]) < 4000
    banner.page.evaluate("localStorage.clear()")
    banner.open("/a").is_silent()
    assert len(banner.granted()) == 60


def custom(number):
    both = {"ja": f"サービス{number}", "en": f"Service {number}"}
    return {
        "id": f"service_{number}",
        "preset": "custom_iframe",
        "category": "functional",
        "vendor": "google",
        "name": dict(both),
        "purpose": dict(both),
        "sends": [],
        "cookies": [],
        "parameters": {"src": "https://vendor.test/frame"},
    }
