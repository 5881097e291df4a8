"""A new policy version: who is asked again, what an old decision is still worth, and the cookie of a same-site platform."""

import time
import urllib.request

import pytest

GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}
YOUTUBE = {"id": "youtube", "preset": "youtube"}
PIXEL = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "platform"}
GATED = '<script type="text/plain" data-category=analytics data-service=ga4>window.ran = 1</script>'


@pytest.fixture
def policy():
    return {"services": [GA4, YOUTUBE]}


def publish(banner, **policy):
    """Publishes, and waits until the platform serves it: it looks for a new version every few seconds."""
    banner.platform.publish(banner.key, **policy)
    version = banner.publication().policy_version
    for _ in range(200):
        with urllib.request.urlopen(banner.script) as answer:
            if version.encode() in answer.read():
                return version
        time.sleep(0.05)
    raise AssertionError("The new version is not served.")


@pytest.mark.parametrize("answer", ["acceptAll()", "rejectAll()"])
def test_a_new_service_asks_again_and_until_then_denies_everything(visit, vendors, answer):
    banner = visit(GATED).call(answer)
    banner.delivered()
    old = banner.publication().policy_version
    new = publish(banner, services=[GA4, YOUTUBE, PIXEL])
    banner.put("/a", GATED)
    banner.open("/a").asks()
    assert (banner.granted(), banner.page.evaluate("window.ran"), vendors) == ([], None, [])
    banner.accept()
    assert [row["policy_version"] for row in banner.delivered()] == [old, new]
    banner.open("/b").is_silent()
    assert banner.granted() == ["ga4", "youtube", "meta_pixel"]


def test_new_wording_style_and_layout_ask_nobody_again(visit):
    banner = visit(GATED).call("save({services: {ga4: true}})")
    banner.delivered()
    before = banner.cookie()
    texts = {"ja": {"title": "クッキーについて"}, "en": {"title": "About cookies"}}
    new = publish(banner, services=[GA4, YOUTUBE], texts=texts, theme={"radius": 0}, layout={"first": "dialog"})
    banner.open().is_silent()
    assert (banner.granted(), banner.page.evaluate("ran")) == (["ga4"], 1)
    assert banner.cookie() == before
    assert len(banner.delivered()) == 1
    banner.call("acceptAll()")
    assert banner.delivered()[-1]["policy_version"] == new


def test_a_service_that_an_older_consent_to_everything_does_not_name_is_denied(banner_of, vendors):
    banner = banner_of(services=[GA4, YOUTUBE, PIXEL])
    older = banner.text(now=time.time(), granted=["analytics.ga4", "functional.youtube"], d="accept_all", p="0" * 16)
    banner.plant(older).open().is_silent()
    assert (banner.granted(), vendors) == (["ga4", "youtube"], [])
    assert banner.state()["categories"]["advertising"] is False


def test_a_service_that_has_left_the_policy_is_no_longer_granted_and_nobody_is_asked(visit):
    banner = visit(GATED).call("acceptAll()")
    banner.delivered()
    publish(banner, services=[YOUTUBE])
    banner.open().is_silent()
    assert (banner.granted(), banner.page.evaluate("window.ran")) == (["youtube"], None)
    assert "ga4" not in banner.state()["services"]


def test_a_cookie_of_another_name_is_what_the_policy_says(visit):
    banner = visit(consent={"cookie": "shop_choice"}).call("acceptAll()").settle()
    assert banner.cookies() == []
    assert len(banner.cookies("shop_choice")) == 1
    banner.open("/a").is_silent()


@pytest.fixture
def same_site(banner_of, platform, shop):
    """The platform under a name of the shop's own domain."""
    banner = banner_of(cookie_domain="shop.example")
    host = f"http://consent.shop.example:{platform.port}"
    banner.script, banner.api = f"{host}/b/{banner.key}.js", f"{host}/api/v1/sites/{banner.key}"
    return banner


def set_cookies(banner, act):
    with banner.page.expect_response(f"{banner.api}/records") as answer:
        act()
    return answer.value.headers_array()


def test_a_same_site_platform_sets_the_cookie_by_http(same_site):
    banner = same_site.open().asks()
    headers = set_cookies(banner, banner.accept)
    (line,) = [header["value"] for header in headers if header["name"].lower() == "set-cookie"]
    assert "Domain=shop.example" in line
    assert f"Max-Age={180 * 86_400}" in line
    banner.delivered()
    (cookie,) = banner.cookies()
    assert cookie["value"] in line
    assert banner.cookie()["i"]


def test_a_cookie_set_by_http_is_left_alone_because_safari_keeps_those_of_scripts_for_a_week(same_site):
    banner = same_site.open().asks().reject()
    banner.delivered()
    before = banner.cookies()
    banner.open("/a").is_silent()
    assert banner.cookies() == before


def test_a_same_site_cookie_that_is_gone_or_of_an_older_answer_is_set_anew(same_site):
    banner = same_site.open().asks().accept()
    banner.delivered()
    banner.page.context.clear_cookies()
    banner.open("/a").is_silent()
    assert banner.cookie()["d"] == "accept_all"
    banner.call("rejectAll()").delivered()
    assert (banner.cookie()["d"], banner.open("/b").granted()) == ("reject_all", [])


def test_a_platform_of_another_site_sets_no_cookie(visit):
    banner = visit().asks()
    headers = set_cookies(banner, banner.accept)
    assert [header for header in headers if header["name"].lower() == "set-cookie"] == []


def test_the_servers_own_copy_of_a_decision_is_no_news_for_the_page(same_site, context):
    """The server's clock dates it; it is the same decision all the same."""
    banner = same_site.open().asks()
    held = []
    context.route(f"{banner.api}/records", lambda route: held.append(route))
    banner.accept().page.wait_for_timeout(1_100)  # so that the two are a second apart
    held[0].continue_()
    banner.delivered()
    banner.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    events = [entry for entry in banner.settle().data_layer() if isinstance(entry, dict)]
    assert [entry["consent_source"] for entry in events if entry["event"] == "consent_update"] == ["banner"]
