"""A service whose check abroad has run out, in a real browser."""

import time

from playwright.sync_api import expect

from consent import clock, sites
from consent.db import transact
from consent.registers import transfers
from tests.browser.test_stopped import fresh
from tests.registering import TRANSFER, days_ago

GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}
PIXEL = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "platform"}
YOUTUBE = {"id": "youtube", "preset": "youtube"}
VIMEO = {"id": "vimeo", "preset": "vimeo"}
PAGE = """<script type="text/plain" data-category="analytics" data-service="ga4" data-src="https://vendor.test/a.js"></script>
<iframe data-category="functional" data-service="youtube" data-src="https://www.youtube-nocookie.com/embed/x"></iframe>
<iframe data-category="functional" data-service="vimeo" data-src="https://player.vimeo.com/video/1"></iframe>"""
HELD = ("ga4", "meta_pixel", "youtube")


def add(banner, *services, on):
    def unit(connection):
        site_id = sites.find(connection, banner.key).id
        for service in services:
            given = {**TRANSFER, "service_id": service, "checked_on": on}
            transfers.add(connection, site_id, given, user=None, now=clock.now())

    with banner.platform.app.app_context():
        transact(unit)


def check(banner, *services, on):
    """Adds, and waits until the platform's process knows it."""
    before, end = banner.page.request.get(banner.script).headers["etag"], time.monotonic() + 15
    add(banner, *services, on=on)
    while banner.page.request.get(banner.script).headers["etag"] == before:
        assert time.monotonic() < end
        banner.page.wait_for_timeout(100)


def test_a_check_that_has_run_out_holds_services_back_and_a_new_one_releases_them(banner_of, vendors):
    banner = banner_of(services=[GA4, PIXEL, YOUTUBE, VIMEO])
    banner.put("/", PAGE)
    banner.open("/").asks().accept()
    assert len(banner.delivered()) == 1
    used = {"vendor.test", "connect.facebook.net", "www.youtube-nocookie.com", "player.vimeo.com"}
    banner.wait_for("window.loaded && loaded.length > 1")
    assert used <= set(vendors.hosts())

    check(banner, *HELD, on=days_ago(400))
    vendors.clear()
    fresh(banner)
    expect(banner.page.locator("iframe[src*=vimeo]")).to_have_count(1)
    banner.settle()
    assert set(vendors.hosts()) == {"player.vimeo.com"}, "what is granted and not held back"
    assert banner.granted() == ["vimeo"]
    asked = {
        name: banner.page.evaluate(f"consent.allows({name})") for name in ("'analytics'", "'functional'", "null, 'ga4'")
    }
    assert asked == {"'analytics'": False, "'functional'": True, "null, 'ga4'": False}
    types = [entry[2] for entry in banner.data_layer() if isinstance(entry, list) and entry[1] == "update"][-1]
    assert (types["analytics_storage"], types["ad_storage"], types["functionality_storage"]) == (
        "denied",
        "denied",
        "granted",
    )
    expect(banner.root.locator("[data-consent-action=allow-once]")).to_have_count(0)
    banner.reopen()
    assert banner.service_switch("ga4").is_checked(), "the settings show what the visitor has granted"
    banner.switch("vimeo", on=False).save()
    row = banner.delivered()[-1]
    assert (row["decision"], row["services"]["ga4"], row["services"]["vimeo"]) == ("custom", True, False)
    assert set(vendors.hosts()) == {"player.vimeo.com"}

    check(banner, *HELD, on=days_ago(0))
    vendors.clear()
    fresh(banner)
    banner.wait_for("window.loaded && loaded.length > 1")
    assert set(vendors.hosts()) >= used - {"player.vimeo.com"}
    assert sorted(banner.granted()) == sorted(HELD)
    assert len(banner.records()) == 2, "nobody was asked again"


def test_what_is_held_back_is_not_asked_for_by_a_placeholder_nor_run_by_a_new_consent(banner_of, vendors):
    banner = banner_of(services=[PIXEL, YOUTUBE, VIMEO])
    add(banner, "meta_pixel", "youtube", on=days_ago(400))
    banner.put("/", PAGE)
    banner.open("/").asks()
    expect(banner.page.locator("[data-consent-action=allow-once]")).to_have_count(1)
    banner.accept()
    row = banner.delivered()[-1]
    assert (row["decision"], row["services"]["youtube"]) == ("accept_all", True)
    banner.settle()
    assert set(vendors.hosts()) == {"player.vimeo.com"}
