"""A real Chromium without JavaScript: from the site's link to a recorded decision, and back to the banner."""

import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from demo.site import create_site
from tests.platform import free_port

SERVICES = {"ga4", "hubspot", "marketo", "youtube", "meta_pixel"}


@pytest.fixture
def context_without(browser, vendors):
    """A browser without JavaScript, and a list of every host it asks."""
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    context.set_default_timeout(15_000)
    context.hosts = set()
    context.on("request", lambda request: context.hosts.add(request.url.split("/")[2].split(":")[0]))
    yield context
    context.close()


@pytest.fixture
def without(context_without):
    return context_without.new_page()


def opened(page, platform, key, query="?lang=en"):
    page.goto(f"{platform.url}/settings/{key}{query}")
    return page


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def decisions(platform, key):
    return [(row["decision"], row["source"]) for row in platform.records(key)]


@pytest.mark.parametrize(
    ("button", "decision", "on"),
    [("Accept all", "accept_all", SERVICES), ("Reject all", "reject_all", set()), ("Save", "custom", {"youtube"})],
)
def test_a_press_is_recorded_and_the_page_shows_what_holds(without, platform, shop, button, decision, on):
    key = platform.make_site(shop.origins())
    page = opened(without, platform, key)
    assert decisions(platform, key) == []
    if decision == "custom":
        page.get_by_role("switch", name="YouTube").check()
    press(page, button)
    expect(page.get_by_role("status")).to_have_text("Your choice has been saved.")
    switches = page.locator("input[role=switch]:enabled")
    assert {each.get_attribute("value") for each in switches.all() if each.is_checked()} == on
    assert decisions(platform, key) == [(decision, "preferences")]


def test_changing_ones_mind_takes_one_press(without, platform, shop):
    key = platform.make_site(shop.origins())
    page = opened(without, platform, key)
    press(page, "Accept all")
    press(page, "Reject all")
    assert [decision for decision, _ in decisions(platform, key)] == ["accept_all", "reject_all"]
    assert page.locator("[role=switch]:enabled:checked").count() == 0


def test_reloading_and_going_back_record_nothing_anew(without, platform, shop):
    key = platform.make_site(shop.origins())
    page = opened(without, platform, key)
    press(page, "Reject all")
    page.reload()
    page.go_back()
    page.go_forward()
    assert len(decisions(platform, key)) == 1


def test_it_works_with_the_keyboard_alone(without, platform, shop):
    key = platform.make_site(shop.origins())
    page = opened(without, platform, key)
    page.get_by_role("switch", name="YouTube").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save", exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    (row,) = platform.records(key)
    assert '"youtube":true' in row["services"]


def test_the_page_asks_nobody_but_the_platform(without, context_without, platform, shop):
    key = platform.make_site(shop.origins())
    press(opened(without, platform, key), "Accept all")
    assert context_without.hosts == {"127.0.0.1"}


EVIL = """<!doctype html><form method="post" action="{action}"><input name="action" value="accept_all">
<input name="policy_version" value="{version}"><button>Win</button></form>"""


@pytest.mark.parametrize("host", ["127.0.0.1", "consent.shop.example"])
def test_another_sites_form_decides_nothing(without, platform, shop, host):
    """Also on plain http below a name, where browsers send no Sec-Fetch-Site."""
    key = platform.make_site(shop.origins())
    page = without
    page.goto(f"http://{host}:{platform.port}/settings/{key}")
    version = page.locator("[name=policy_version]").get_attribute("value")
    action = f"http://{host}:{platform.port}/settings/{key}"
    shop.put("/evil", EVIL.format(action=action, version=version))
    page.goto(f"{shop.origin('www.other.example')}/evil")
    with page.expect_navigation():
        page.get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("保存されませんでした")
    assert page.context.cookies() == []
    assert decisions(platform, key) == []
    with page.expect_navigation():
        page.get_by_role("link", name="設定に戻る").click()
    press(page, "すべて拒否")
    assert decisions(platform, key) == [("reject_all", "preferences")]


def test_where_the_platform_is_same_site_the_banner_asks_no_more(without, browser, platform, shop, vendors):
    key = platform.make_site(shop.origins(), cookie_domain="shop.example")
    without.goto(f"http://consent.shop.example:{platform.port}/settings/{key}?lang=en")
    without.get_by_role("switch", name="YouTube").check()
    press(without, "Save")
    later = browser.new_context(storage_state=without.context.storage_state())
    later.route(lambda url: "shop.example" not in url and "127.0.0.1" not in url, vendors.answer)
    shop.put("/", f'<!doctype html><script src="{platform.url}/b/{key}.js"></script>')
    page = later.new_page()
    page.goto(f"{shop.origin()}/")
    state = page.evaluate("() => consent.state()")
    assert (state["decided"], state["decision"]) == (True, "custom")
    assert {name for name, on in state["services"].items() if on} == {"consent", "youtube"}
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("() => consent.rejectAll()")
    page.wait_for_function("!JSON.parse(localStorage.getItem('consent.outbox') || '[]').length")
    later.close()
    first, second = platform.records(key)
    assert second["visitor_id"] == first["visitor_id"], "one visitor on both ways"


@contextmanager
def demo_of(platform, key):
    server = make_server("127.0.0.1", free_port(), create_site(platform.url, key), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("path", "button"), [("/", "すべて拒否"), ("/en/", "Reject all")])
def test_the_demo_sites_link_leads_to_a_decision(without, platform, shop, path, button):
    key = platform.make_site(shop.origins())
    with demo_of(platform, key) as site:
        without.goto(f"{site}{path}")
        target = without.locator(f"a[href^='{platform.url}/settings/']").first
        expect(target).to_be_visible()
        with without.expect_navigation():
            target.click()
        press(without, button)
    assert decisions(platform, key) == [("reject_all", "preferences")]
