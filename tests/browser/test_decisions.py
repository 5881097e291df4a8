"""What a click means, what is kept of it, and what is no decision at all."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.banner_page import DAY

GATED = '<script type="text/plain" data-category=analytics data-service=ga4>window.ran = (window.ran || 0) + 1</script>'
EVERY = ["ga4", "hubspot", "marketo", "youtube", "meta_pixel"]


def switched_on(row, part="services"):
    return sorted(name for name, on in row[part].items() if on)


def test_before_a_decision_nothing_is_granted_kept_or_sent(visit, vendors):
    banner = visit(GATED).asks().settle()
    assert banner.granted() == []
    assert banner.state()["decided"] is False
    assert banner.page.context.cookies() == []
    assert banner.page.evaluate("[localStorage.length, sessionStorage.length, window.ran]") == [0, 0, None]
    assert (vendors, banner.records()) == ([], [])
    expect(banner.root).to_have_attribute("data-consent-state", "undecided")


def test_accepting_grants_and_records_everything(visit):
    banner = visit(GATED).asks().accept()
    (row,) = banner.delivered()
    assert (row["decision"], row["source"]) == ("accept_all", "banner")
    assert all(row["categories"].values())
    assert all(row["services"].values())
    assert banner.granted() == EVERY
    assert banner.page.evaluate("ran") == 1
    expect(banner.root).to_have_attribute("data-consent-state", "decided")


def test_refusing_grants_nothing_contacts_nobody_and_is_recorded(visit, vendors):
    banner = visit(GATED).asks().reject()
    (row,) = banner.delivered()
    assert (row["decision"], row["source"]) == ("reject_all", "banner")
    assert switched_on(row, "categories") == ["necessary"]
    assert switched_on(row) == ["consent"]
    assert set(row["services"]) == {"consent", *EVERY}
    assert (banner.granted(), vendors, banner.page.evaluate("window.ran")) == ([], [], None)


def test_a_choice_of_single_services_is_recorded_as_it_was_clicked(visit):
    banner = visit(GATED).asks().settings().switch("marketo").switch("youtube").save()
    (row,) = banner.delivered()
    assert (row["decision"], row["source"]) == ("custom", "preferences")
    assert switched_on(row) == ["consent", "marketo", "youtube"]
    assert switched_on(row, "categories") == ["functional", "ma", "necessary"]
    assert set(banner.granted()) == {"marketo", "youtube"}
    assert sorted(banner.kept()) == [".marketo", ".youtube", "functional", "ma"]
    assert banner.page.evaluate("window.ran") is None


def test_saving_the_untouched_preferences_of_a_first_visit_grants_nothing(visit):
    banner = visit(GATED).asks().settings()
    assert banner.root.locator("input[name=services]:checked:not([value=consent])").count() == 0
    (row,) = banner.save().delivered()
    assert (row["decision"], switched_on(row)) == ("custom", ["consent"])


def test_the_preferences_can_accept_and_refuse_everything(visit):
    banner = visit().asks().settings().accept()
    with banner.page.expect_navigation():  # what was running cannot be stopped, so it is left behind
        banner.reopen().reject()
    banner.page.wait_for_function("window.consent && consent.state().decision === 'reject_all'")
    assert [(row["decision"], row["source"]) for row in banner.delivered()] == [
        ("accept_all", "preferences"),
        ("reject_all", "preferences"),
    ]


def test_a_record_names_the_page_without_its_query_and_the_language_of_the_banner(banner_of):
    banner = banner_of()
    banner.put("/products", attributes="data-lang=en data-region=JP-13")
    banner.open("/products?email=a@example.com#part").asks().accept()
    (row,) = banner.delivered()
    assert (row["page_path"], row["language"], row["region"]) == ("/products", "en", "JP-13")
    assert row["policy_version"] == banner.publication().policy_version
    assert banner.page.evaluate("consent.receipt().record_id") == row["record_id"]


def test_an_unknown_region_grants_nothing(banner_of):
    banner = banner_of()
    banner.put("/", GATED, attributes="data-region=XX")
    assert banner.open().asks().granted() == []
    assert banner.page.evaluate("window.ran") is None


def test_esc_and_the_close_button_decide_nothing(visit):
    banner = visit(GATED).asks().settings().switch("ga4").close()
    expect(banner.button("save")).to_have_count(0)
    banner.asks().settings()
    expect(banner.service_switch("ga4")).not_to_be_checked()
    banner.page.keyboard.press("Escape")
    expect(banner.button("save")).to_have_count(0)
    banner.button("accept-all").focus()
    banner.page.keyboard.press("Escape")
    expect(banner.root.get_by_role("dialog")).to_have_count(0)
    assert undecided(banner)
    banner.open("/a").asks()


def undecided(banner):
    kept = (banner.settle().cookie(), banner.stored(), banner.outbox(), banner.records())
    return kept == (None, None, [], []) and not banner.state()["decided"]


def test_scrolling_clicking_about_and_leaving_decide_nothing(visit):
    banner = visit(f"{GATED}<p style='height:4000px'>Long</p><a href=/next>Next</a>").asks()
    banner.put("/next", GATED)
    banner.page.mouse.wheel(0, 3000)
    banner.page.wait_for_function("scrollY > 0")
    banner.page.click("p", position={"x": 5, "y": 5})
    banner.page.click("text=Next")
    banner.page.wait_for_url("**/next")
    assert undecided(banner.asks())


@pytest.mark.parametrize("answer", ["accept-all", "reject-all"])
def test_after_an_answer_nobody_is_asked_again_and_nothing_is_sent_again(visit, answer):
    banner = visit().asks().answer(answer)
    before = banner.delivered()
    for path in ("/a", "/b"):
        banner.open(path).is_silent()
    assert banner.delivered() == before
    assert len(before) == 1


def test_a_refusal_lasts_as_long_as_a_consent(visit, page):
    banner = visit().asks().reject().settle()
    refused = banner.cookie()
    banner.call("acceptAll()")
    accepted = banner.cookie()
    lasting = [int(each["e"]) - int(each["t"]) for each in (refused, accepted)]
    assert lasting == [180 * 86_400] * 2
    (cookie,) = banner.cookies()
    assert cookie["expires"] == pytest.approx(int(accepted["e"]), abs=5)


@pytest.mark.parametrize("answer", ["acceptAll()", "rejectAll()"])
def test_the_visitor_is_asked_again_once_the_decision_has_expired(visit, page, answer):
    banner = visit(consent={"lifetime_days": 30}).call(answer)
    banner.delivered()
    page.clock.set_fixed_time(time.time() + 29 * DAY)
    banner.open("/a").is_silent()
    page.clock.set_fixed_time(time.time() + 31 * DAY)
    assert banner.open("/b").asks().granted() == []


def test_the_switch_shows_the_second_change_of_mind_too(visit):
    banner = visit().asks().settings().switch("ga4").save()
    for on in (False, True, False):
        banner.reopen()
        expect(banner.service_switch("ga4")).to_be_checked(checked=not on)
        banner.switch("ga4", on).save().page.wait_for_function("(on) => consent.allows('analytics') === on", arg=on)
    assert [switched_on(row) for row in banner.delivered()] == [["consent", "ga4"], ["consent"]] * 2


def test_a_category_moves_its_services_and_a_service_its_category(visit):
    banner = visit().asks().settings()
    whole = banner.root.locator("input[name=categories][value=ma]")
    whole.check()
    expect(banner.service_switch("hubspot")).to_be_checked()
    banner.switch("marketo", False)
    banner.save().settle()
    assert banner.granted() == ["hubspot"]
    assert banner.page.evaluate("consent.allows('ma')") is True


def test_a_category_without_services_has_a_switch_of_its_own(visit):
    own = {"services": [{"id": "youtube", "preset": "youtube"}], "categories": ["necessary", "functional", "analytics"]}
    banner = visit(**own).asks().settings()
    banner.root.locator("input[name=categories][value=analytics]").check()
    (row,) = banner.save().delivered()
    assert switched_on(row, "categories") == ["analytics", "necessary"]
    assert banner.kept() == ["analytics"]


def test_the_keyboard_goes_round_in_the_preferences_and_comes_back_to_its_opener(visit):
    banner = visit("<a href=#>page</a>").asks().settings()
    inside = "document.querySelector('#consent-root dialog').contains(document.activeElement)"
    stops = banner.root.locator("dialog :is(a, button, input, summary):visible").count()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(stops + 1):
            banner.page.keyboard.press(key)
            assert banner.page.evaluate(inside)
    banner.close()
    expect(banner.button("settings")).to_be_focused()


def test_each_visitor_has_one_number_in_all_their_records_and_another_visitor_another(visit, browser, shop):
    banner = visit().asks().reject()
    banner.delivered()
    banner.call("acceptAll()").delivered()
    stranger = banner.in_page(browser.new_page()).open().asks().reject()
    *mine, theirs = [row["visitor_id"] for row in stranger.delivered()]
    assert mine == [mine[0]] * 2
    assert theirs != mine[0]
    stranger.page.close()
