"""A site whose owner has stopped the banner, in a real browser."""

from playwright.sync_api import expect

from consent import clock, sites
from consent.db import transact
from consent.sites import stopping
from consent.sites.lookup import FRESH_S

GATED = """<script type="text/plain" data-category="analytics" data-src="https://vendor.test/a.js"></script>
<iframe data-category="functional" data-src="https://vendor.test/frame"></iframe>"""
# Pages may queue calls before the script, listen, and ask at any time.
HEAD = """<script>
window.consent = window.consent || function () { (consent.q = consent.q || []).push(arguments) };
window.heard = [];
consent('on', 'ready', (state) => heard.push(state.decided));
consent('acceptAll');
</script>"""


def switch(banner, action):
    """And waits until the platform's processes have seen it."""
    with banner.platform.app.app_context():
        assert transact(lambda connection: action(connection, sites.find(connection, banner.key)))
    banner.page.wait_for_timeout(1000 * (FRESH_S + 0.5))


def stop(banner):
    now = clock.now()
    switch(banner, lambda connection, site: stopping.stop(connection, site, typed=site.name, now=now))


def start(banner):
    switch(banner, lambda connection, site: stopping.start(connection, site.id))


def fresh(banner):
    """The browser holds the script for five minutes; a new visit without its cache does not."""
    banner.page.context.new_cdp_session(banner.page).send("Network.clearBrowserCache")
    return banner.open("/")


def test_a_stopped_site_asks_nobody_releases_nothing_and_remembers_what_was_decided(banner_of, vendors):
    banner = banner_of(services=[{"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}}])
    banner.put("/", GATED, before=HEAD.replace("consent('acceptAll');", ""))
    banner.open("/").asks()
    banner.accept()
    records = len(banner.delivered())
    stop(banner)
    vendors.clear()
    errors = []
    banner.page.on("pageerror", lambda error: errors.append(str(error)))
    banner.put("/", GATED, before=HEAD)
    fresh(banner)
    page = banner.page
    page.wait_for_timeout(500)
    expect(page.locator("#consent-root")).to_have_count(0)
    assert vendors == []
    assert page.evaluate("heard") == [False]
    assert page.evaluate("consent.allows('analytics') || consent.allows('necessary', 'ga4')") is False
    assert page.evaluate("consent.ready.then((state) => state.decided)") is False
    page.evaluate("consent.show(); consent.save({categories: {analytics: true}}); consent('nothing')")
    defaults = page.evaluate("[...dataLayer[0]]")
    assert defaults[:2] == ["consent", "default"]
    assert {name for name, value in defaults[2].items() if value == "granted"} == {"security_storage"}
    assert errors == []
    assert len(banner.records()) == records == 1
    start(banner)
    banner.put("/", GATED, before=HEAD.replace("consent('acceptAll');", ""))
    fresh(banner)
    page.wait_for_function("window.consent && consent.state().decided")
    assert page.evaluate("consent.allows('functional')") is True, "what was decided before holds again"


def test_whoever_withdraws_meanwhile_is_asked_again_afterwards(banner_of):
    banner = banner_of()
    banner.open("/").asks()
    banner.accept()
    stop(banner)
    fresh(banner)
    banner.page.evaluate("consent.withdraw()")
    assert "consent=" not in banner.page.evaluate("document.cookie")
    start(banner)
    fresh(banner).asks()
