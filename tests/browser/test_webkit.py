"""The main job in the engine of Safari. What differs between engines is asked here; all the rest is asked of Chromium."""

import json
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys

from tests.browser import webkit
from tests.browser.screens import LAYOUTS
from tests.browser.test_reflow import torn

GATED = """<script type="text/plain" data-category=analytics data-service=ga4>window.ran = (window.ran || 0) + 1</script>
<script type="text/plain" data-category=analytics data-service=ga4 data-src="http://tags.vendor.test/a.js"></script>"""
FILM = """<iframe title=Film width=480 height=270 data-category=functional data-service=youtube
 data-src="http://films.vendor.test/film"></iframe>"""
PHONE, DESKTOP = (500, 760), (1280, 900)  # of the window, which is larger than what is seen of the page
EVERY = ["ga4", "hubspot", "marketo", "meta_pixel", "youtube"]
STORY = """(() => { const layer = [...document.querySelectorAll("#consent-root [role=dialog]")].pop();
  const story = layer.querySelector(".consent-story");
  return { layer: layer.offsetHeight, room: innerHeight, seen: story.clientHeight, all: story.scrollHeight }; })()"""

MEASURES = (Path(__file__).parent / "measure.js").read_text("utf-8")


@pytest.fixture(scope="module")
def driver(shop_server):
    with webkit.browser(f"127.0.0.1:{shop_server.port}") as driver:
        yield driver


@pytest.fixture
def visit(driver, shop, platform):
    """A first visit: `visit()` makes a site of its own, `visit(layout=…)` changes its policy."""
    driver.set_window_size(*DESKTOP)

    def make(*, on=platform, **changes):
        key = on.make_site(shop.origins(), cookie_domain="shop.example", **changes)
        visit = webkit.Visit(driver, shop, on, key)
        visit.put("/", GATED)
        return visit

    yield make
    driver.get(shop.origin())
    driver.delete_all_cookies()
    driver.execute_script("localStorage.clear()")
    driver.get("about:blank")


def outside(visit):
    """What was asked for beyond the shop, by what the shop saw as a proxy and by what the page has loaded."""
    own = ("www.shop.example", "blog.shop.example", "127.0.0.1")
    loaded = visit.value("performance.getEntriesByType('resource').map(({ name }) => name.split('//')[1])")
    return [each for each in dict.fromkeys([*visit.shop.seen, *loaded]) if not each.startswith(own)]


def test_before_a_decision_nothing_runs_and_nothing_is_kept(visit):
    visit = visit().open().asks()
    assert visit.value("[localStorage.length, sessionStorage.length, document.cookie, window.ran]") == [0, 0, "", None]
    assert visit.granted() == []
    assert outside(visit) == []


def test_accepting_releases_the_tags_now_and_at_the_next_visit(visit):
    visit = visit().open().asks()
    visit.answer("accept-all").wait_for("window.ran === 1")
    assert (visit.delivered(), visit.granted()) == ([("accept_all", "banner")], EVERY)
    webkit.waited_for(lambda: "tags.vendor.test/a.js" in visit.shop.seen, "the vendor's script")
    visit.open().wait_for("window.ran === 1")
    assert visit.action("reopen")
    assert visit.value("document.querySelector('#consent-root [role=dialog]')") is None


def test_refusing_is_recorded_contacts_nobody_and_is_not_asked_again(visit):
    visit = visit().open().asks()
    visit.answer("reject-all")
    assert visit.delivered() == [("reject_all", "banner")]
    visit.open().action("reopen")
    assert visit.value("[window.ran, consent.state().decision]") == [None, "reject_all"]
    assert visit.value("document.querySelector('#consent-root [role=dialog]')") is None
    assert outside(visit) == []


def test_a_choice_of_one_service_grants_it_alone(visit):
    visit = visit().open().asks()
    visit.action("settings").click()
    visit.action("save")
    visit.driver.find_element("css selector", "#consent-root input[name=services][value=ga4]").click()
    visit.answer("save").wait_for("window.ran === 1")
    assert (visit.delivered(), visit.granted()) == ([("custom", "preferences")], ["ga4"])


def test_a_withdrawal_leaves_behind_what_was_running(visit):
    visit = visit().open().asks().answer("accept-all")
    visit.wait_for("window.ran === 1")
    visit.action("reopen").click()
    visit.action("reject-all").click()
    visit.wait_for("window.consent && consent.state().decision === 'reject_all' && window.ran === undefined")
    assert [decision for decision, _ in visit.delivered()] == ["accept_all", "reject_all"]


def test_whoever_leaves_at_once_has_decided_all_the_same(visit):
    visit = visit().open().asks()
    visit.put("/next")
    press = "document.querySelector('[data-consent-action=reject-all]').click(); location.href = '/next'"
    visit.driver.execute_script(press)
    visit.wait_for("location.pathname === '/next' && window.consent && consent.state().decided")
    assert visit.delivered() == [("reject_all", "banner")]


def test_while_the_platform_is_down_a_decision_holds_and_is_delivered_once_later(visit, mortal_platform):
    visit = visit(on=mortal_platform).open().asks()
    visit.put("/next", GATED)
    mortal_platform.stop()
    try:
        visit.answer("accept-all").wait_for("window.ran === 1")
        visit.open("/next").wait_for("window.ran === 1")  # by the script in the browser's cache
        assert visit.platform.records(visit.key) == []
    finally:
        mortal_platform.start()
    assert visit.open().delivered() == [("accept_all", "banner")]
    assert visit.open("/next").delivered() == [("accept_all", "banner")]


def test_a_decision_holds_on_the_other_hosts_of_the_domain(visit):
    visit = visit().open().asks().answer("accept-all")
    visit.delivered()
    visit.open(host="blog.shop.example").wait_for("window.ran === 1")


def test_esc_decides_nothing_and_goes_back_to_the_question(visit):
    visit = visit().open().asks()
    visit.action("settings").click()
    visit.action("save")
    ActionChains(visit.driver).send_keys(Keys.ESCAPE).perform()
    visit.wait_for("!document.querySelector('#consent-root .consent-centre')")
    assert visit.asks().value("document.activeElement.dataset.consentAction") == "settings"
    assert visit.value("[document.cookie, consent.state().decided]") == ["", False]


def test_a_frame_waits_behind_a_placeholder_until_it_is_allowed(visit):
    visit = visit()
    visit.put("/film", FILM)
    visit.open("/film").asks()
    once = visit.action("allow-once")
    assert outside(visit) == []
    once.click()
    webkit.waited_for(lambda: outside(visit) == ["films.vendor.test/film"], "the film")


def test_under_a_strict_content_security_policy_the_banner_has_its_styles(visit):
    visit = visit()
    rules = f"default-src 'none'; script-src 'nonce-r4nd0m'; style-src 'nonce-r4nd0m'; connect-src {visit.platform.url}"
    visit.put("/strict", attributes="nonce=r4nd0m", Content_Security_Policy=rules)
    visit.open("/strict").asks()
    position = "getComputedStyle(document.querySelector('#consent-root [role=dialog]')).position"
    assert visit.value(position) == "fixed"
    visit.answer("reject-all")
    assert visit.delivered() == [("reject_all", "banner")]


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layer_shows_as_much_as_the_window_has_room_for(visit, layout, window):
    first, position = LAYOUTS[layout]
    visit = visit(layout={"first": first, "position": position})
    visit.driver.set_window_size(*window)
    asked = visit.open().asks().value(STORY)
    assert asked["seen"] == asked["all"], asked
    visit.action("settings").click()
    visit.action("save")
    chosen = visit.value(STORY)
    assert chosen["seen"] == chosen["all"] or chosen["layer"] > 0.9 * chosen["room"], chosen


def test_the_receipt_is_there_and_is_the_record(visit):
    visit = visit().open().asks().answer("accept-all")
    visit.delivered()
    visit.wait_for("consent.receipt()")
    receipt = json.loads(visit.value("JSON.stringify(consent.receipt())"))
    (row,) = visit.platform.records(visit.key)
    assert receipt["record_id"] == row["record_id"]


def test_japanese_lines_break_between_phrases(visit):
    """WebKit knows no `word-break: auto-phrase`. Its window cannot be as narrow as a phone, so the layer is made so."""
    first, position = LAYOUTS["dialog"]
    visit = visit(layout={"first": first, "position": position})
    visit.driver.set_window_size(*PHONE)
    visit.open().asks()
    found = set()
    for width in (290, 330, 360, 400, 480):
        wide = f"document.querySelector('#consent-root [role=dialog]').style.setProperty('inline-size', '{width}px', 'important')"
        paragraphs = visit.value(f"(() => {{ {MEASURES}; {wide}; return linesOfAll('p') }})()")
        assert max(map(len, paragraphs)) >= 4
        found |= {f"{width}: {word}" for word in torn(paragraphs)}
    assert found == set()
