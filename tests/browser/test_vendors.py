"""The vendors whose calls are tried in full: the calls made, in order, and what a withdrawal leaves of it."""

import json

import pytest

from consent.catalogue.presets import presets

# What each vendor's own code would do with the calls it finds and those that follow. Kept across reloads.
NOTE = "function note(...e){const s=JSON.parse(sessionStorage.notes||'[]');s.push(e);sessionStorage.notes=JSON.stringify(s)};"
DRAIN = NOTE + "function drain(n){const q=window[n]||[];window[n]={push:(v)=>note(n,v)};q.forEach(window[n].push)};"
CODE = {
    "js.hs-scripts.com": DRAIN + "note('hubspot', disableHubSpotCookieBanner);drain('_hsp');drain('_hsq')",
    "munchkin.marketo.net": NOTE + "note('marketo', document.cookie.includes('mkto_opt_out'));"
    "window.Munchkin = {init: (...a) => note('Munchkin.init', ...a)}",
    "go.vendor.test": NOTE + "const q = pdt.cq; window.pdt = (...a) => note('pdt', ...a); q.forEach((a) => pdt(...a))",
    "connect.facebook.net": NOTE
    + "fbq.callMethod = (...a) => note('fbq', ...a); fbq.queue.forEach((a) => note('fbq', ...a))",
    "satori.segs.jp": NOTE + "note('satori', document.currentScript.id)",
    "www.googletagmanager.com": NOTE + "note('google', window['ga-disable-G-ABC1234567'])",
    "cdn.vendor.test": NOTE + "note('custom')",
}
HUBSPOT_CONSENT = {"analytics": True, "advertisement": False, "functionality": True}


def service(preset, **more):
    made = presets()[preset]
    parameters = {each.name: each.example for each in made.parameters}
    return {"id": preset, "preset": preset, "parameters": parameters, "load": "platform", **more}


CUSTOM = {
    "category": "functional",
    "vendor": "google",
    "name": {"ja": "チャット", "en": "Chat"},
    "purpose": {"ja": "質問に答えます", "en": "Answers questions"},
    "sends": [],
    "cookies": [{"name": "chat_*", "lifetime_s": 60}],
}
SERVICES = {
    "ga4": service("ga4"),
    "gtm": service("gtm"),
    "google_ads": service("google_ads"),
    "hubspot": service("hubspot"),
    "marketo": service("marketo"),
    "account_engagement": service("account_engagement"),
    "satori": service("satori"),
    "meta_pixel": service("meta_pixel"),
    "custom_script": service("custom_script", **CUSTOM),
}
SERVICES["account_engagement"]["parameters"]["tracker_domain"] = "go.vendor.test"
SERVICES["custom_script"]["parameters"]["src"] = "https://cdn.vendor.test/widget.js"

ADDRESSES = {
    "ga4": "https://www.googletagmanager.com/gtag/js?id=G-ABC1234567",
    "gtm": "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234",
    "google_ads": "https://www.googletagmanager.com/gtag/js?id=AW-123456789",
    "hubspot": "https://js.hs-scripts.com/12345678.js",
    "marketo": "https://munchkin.marketo.net/munchkin.js",
    "account_engagement": "https://go.vendor.test/pdt.js",
    "satori": "https://satori.segs.jp/s.js?c=0123456789abcdef",
    "meta_pixel": "https://connect.facebook.net/en_US/fbevents.js",
    "custom_script": "https://cdn.vendor.test/widget.js",
}
ON_LOAD = {
    "ga4": [["google", False]],
    "gtm": [["google", None]],
    "google_ads": [["google", None]],
    "hubspot": [["hubspot", True], ["_hsp", ["setHubSpotConsent", HUBSPOT_CONSENT]]],
    "marketo": [["marketo", False], ["Munchkin.init", "123-ABC-456"]],
    "account_engagement": [
        ["pdt", "create", 1234567, 12345, "go.vendor.test"],
        ["pdt", "setOptIn", True],
        ["pdt", "sendPageView"],
    ],
    "satori": [["satori", "_-s-js-_"]],
    "meta_pixel": [["fbq", "consent", "grant"], ["fbq", "init", "123456789012345"], ["fbq", "track", "PageView"]],
    "custom_script": [["custom"]],
}
ON_WITHDRAWAL = {
    "hubspot": [["_hsp", ["revokeCookieConsent"]], ["_hsq", ["doNotTrack"]]],
    "account_engagement": [["pdt", "revokeConsent"]],
    "meta_pixel": [["fbq", "consent", "revoke"]],
}
ON_RETURN = {
    "account_engagement": [["pdt", "setOptIn", True], ["pdt", "sendPageView"]],
    "meta_pixel": [["fbq", "consent", "grant"]],
}
RELOADS = {name for name in SERVICES if presets()[name].revoke_behaviour == "needs_reload"}
DATA_LAYER = {"ga4": ["config", "G-ABC1234567"], "google_ads": ["config", "AW-123456789"], "gtm": {"event": "gtm.js"}}


@pytest.fixture
def vendor(banner_of, vendors):
    """A site with this one service, asking; the vendor's code notes what it is called with."""
    vendors.code.update(CODE)

    def make(name):
        return banner_of(services=[SERVICES[name]]).open("/shop/", host="a.b.shop.example").asks()

    return make


def notes(banner, count):
    banner.page.wait_for_function("(n) => JSON.parse(sessionStorage.notes || '[]').length >= n", arg=count)
    return json.loads(banner.settle().page.evaluate("sessionStorage.notes || '[]'"))


def test_every_preset_here_loads_something():
    """The others are tried in test_every_preset.py and in tests/catalogue/test_preset_behaviour.py."""
    assert SERVICES.keys() <= {name for name, preset in presets().items() if preset.load}


@pytest.mark.parametrize("name", SERVICES)
def test_consent_loads_the_vendor_once_with_its_calls_in_order_and_refusal_never(vendor, vendors, name):
    banner = vendor(name).reject().settle()
    assert vendors == []
    banner.call("acceptAll()")
    assert notes(banner, len(ON_LOAD[name])) == ON_LOAD[name]
    banner.call("acceptAll()").settle()
    assert vendors == [ADDRESSES[name]]
    if name in DATA_LAYER:
        wanted = DATA_LAYER[name]
        layer = [e if isinstance(e, list) else {"event": e["event"]} for e in banner.data_layer()]
        assert layer.count(wanted) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_withdrawal_tells_the_vendor_removes_its_cookies_and_reloads_where_it_must(vendor, vendors, name):
    banner = vendor(name).accept()
    before = len(notes(banner, len(ON_LOAD[name])))
    banner.delivered()
    plant_cookies_of(name, banner)
    withdraw(banner, name)
    expected = ON_WITHDRAWAL.get(name, [])
    assert notes(banner, before + len(expected))[before:] == expected
    assert [row["decision"] for row in banner.delivered()] == ["accept_all", "withdraw"]
    assert {cookie["name"] for cookie in banner.page.context.cookies()} - {"mkto_opt_out"} == {"consent", "own"}
    assert vendors == [ADDRESSES[name]]


def plant_cookies_of(name, banner):
    patterns = [*presets()[name].sweep.cookies, *(["chat_*"] if name == "custom_script" else [])]
    for cookie in ["own", *(pattern.replace("*", "x1") for pattern in patterns)]:
        for domain in (".shop.example", ".b.shop.example", "a.b.shop.example"):
            banner.plant("1", name=cookie, domain=domain)
        banner.plant("1", name=cookie, path="/shop")


def withdraw(banner, name):
    if name in RELOADS:
        banner.reloads(lambda: banner.call("withdraw()"))
    else:
        banner.call("withdraw()").settle()


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - RELOADS))
def test_a_vendor_that_was_told_to_stop_is_told_to_go_on_and_not_loaded_twice(vendor, vendors, name):
    banner = vendor(name).accept()
    notes(banner, len(ON_LOAD[name]))
    banner.call("withdraw()").settle().call("acceptAll()")
    expected = [*ON_LOAD[name], *ON_WITHDRAWAL.get(name, []), *ON_RETURN.get(name, [])]
    assert notes(banner, len(expected)) == expected
    assert vendors == [ADDRESSES[name]]


def test_ga4_is_disabled_by_withdrawal_and_enabled_again(vendor):
    banner = vendor("ga4").accept()
    notes(banner, 1)
    disabled = "window['ga-disable-G-ABC1234567']"
    assert banner.call("withdraw()").settle().page.evaluate(disabled) is True
    assert banner.call("acceptAll()").settle().page.evaluate(disabled) is False


def test_marketo_is_opted_out_while_the_page_is_left_and_in_again_by_a_new_consent(vendor):
    banner = vendor("marketo").accept()
    notes(banner, 2)
    withdraw(banner, "marketo")
    assert [cookie["value"] for cookie in banner.cookies("mkto_opt_out")] == ["true"]
    banner.call("acceptAll()")
    assert notes(banner, 4)[2:] == ON_LOAD["marketo"]
    assert banner.cookies("mkto_opt_out") == []


def test_one_vendor_that_throws_or_does_not_load_does_not_hold_up_the_others(banner_of, vendors, page):
    vendors.code.update({**CODE, "js.hs-scripts.com": "throw new Error('a vendor fails')"})
    page.route("https://munchkin.marketo.net/**", lambda route: route.abort())
    banner = (
        banner_of(services=[SERVICES["hubspot"], SERVICES["marketo"], SERVICES["meta_pixel"]]).open().asks().accept()
    )
    assert notes(banner, 3) == ON_LOAD["meta_pixel"]
    assert [row["decision"] for row in banner.delivered()] == ["accept_all"]


def test_refusing_one_vendor_of_several_keeps_the_cookies_of_the_others(banner_of, vendors):
    banner = banner_of(services=[SERVICES["ga4"], SERVICES["meta_pixel"]]).open().call("acceptAll()").settle()
    for name in ("_ga", "_fbp"):
        banner.plant("1", name=name)
    banner.call("save({services: {meta_pixel: false}})").settle()
    assert {cookie["name"] for cookie in banner.page.context.cookies()} == {"consent", "_ga"}
