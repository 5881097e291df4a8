"""The vendors whose calls are tried in full: the calls made, in order, and what a withdrawal leaves of it."""

import json
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from consent.catalogue.presets import presets
from tests.browser.vendor_calls import ADDRESSES, CODE, DATA_LAYER, ON_LOAD, ON_RETURN, ON_WITHDRAWAL, RELOADS, SERVICES


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
def test_withdrawal_tells_the_vendor_and_removes_its_cookies_and_consent_tells_it_again(vendor, vendors, name):
    """Where the page was loaded anew, consent loads it anew; else the vendor is told to go on and not loaded twice."""
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
    again = ON_LOAD[name] if name in RELOADS else ON_RETURN.get(name, [])
    told = before + len(expected)
    assert notes(banner.call("acceptAll()"), told + len(again))[told:] == again
    assert vendors == [ADDRESSES[name]] * (2 if name in RELOADS else 1)


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
    notes(banner.call("acceptAll()"), 4)
    assert banner.cookies("mkto_opt_out") == []


def test_a_vendor_that_is_revoked_before_its_script_is_there_does_not_start(vendor, vendors, page):
    held = []
    page.route("https://cdn.amplitude.com/**", lambda route: held.append(route))
    banner = vendor("amplitude").accept()
    page.wait_for_function("document.querySelector('script[src*=amplitude]')")
    withdraw(banner, "amplitude")
    with suppress(Error):  # the browser has given it up
        vendors.answer(held[0])
    assert banner.is_silent().page.evaluate("[sessionStorage.notes, window.amplitude]") == [None, None]


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
