"""Decisions on their way: whatever fails, the page lives, nothing gated runs by mistake, and each arrives exactly once."""

import json
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.browser.banner_page import DAY, Banner

GATED = '<script type="text/plain" data-category=analytics data-service=ga4>window.ran = 1</script>'
GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}


@pytest.fixture
def policy():
    return {"services": [GA4, {"id": "youtube", "preset": "youtube"}]}


def decisions(rows):
    return [row["decision"] for row in rows]


class Line:
    """The way of the records to the platform. `answers` are used up one by one; after that it is free."""

    def __init__(self, banner, *answers):
        self.answers, self.sent, self.held = list(answers), 0, []
        banner.page.route(f"{banner.api}/records", self.pass_on)

    def pass_on(self, route):
        self.sent += 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            route.continue_()
        elif answer == "hold":
            self.held.append(route)
        elif answer == "lost":
            route.fetch()
            route.abort()
        elif answer == "down":
            route.abort("connectionrefused")
        else:
            self.refuse(route, *answer)

    @staticmethod
    def refuse(route, status, code):
        problem = json.dumps({"status": status, "code": code})
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/problem+json"}
        route.fulfill(status=status, body=problem, headers=headers)


def attempted(banner, line, times):
    """Waits until so many attempts have been made and answered."""
    for _ in range(200):
        if line.sent >= times:
            return banner.settle()
        banner.page.wait_for_timeout(25)
    raise AssertionError(f"{line.sent} attempts")


def test_a_record_is_a_simple_request_without_cookies_or_preflight(visit, page):
    banner = visit().asks()
    page.context.add_cookies([{"name": "own", "value": "1", "url": banner.platform.url}])
    with page.expect_request(f"{banner.api}/records") as sent:
        banner.accept()
    headers = sent.value.all_headers()
    assert (sent.value.method, headers["content-type"]) == ("POST", "text/plain;charset=UTF-8")
    assert "cookie" not in headers
    assert "access-control-request-method" not in headers
    banner.delivered()


def test_nothing_is_sent_twice_however_many_pages_follow(visit):
    banner = visit().asks()
    line = Line(banner)
    banner.accept().delivered()
    banner.open("/a").settle()
    banner.open("/b").settle()
    assert line.sent == 1


def arrives_once_from_the_next_page(banner, answer):
    line = Line(banner, answer)
    attempted(banner.accept(), line, 1)
    (kept,) = banner.outbox()
    assert (banner.granted(), banner.page.evaluate("ran")) == (["ga4", "youtube"], 1)
    (row,) = banner.open("/a").is_silent().delivered()
    assert (row["decision"], row["record_id"]) == ("accept_all", kept["record_id"])


@pytest.mark.parametrize("answer", ["down", (500, "internal"), (503, "database_unavailable"), (429, "rate_limited")])
def test_a_decision_that_fails_to_arrive_holds_and_arrives_once_from_the_next_page(visit, answer):
    arrives_once_from_the_next_page(visit(GATED).asks(), answer)


def test_a_decision_of_which_the_answer_is_lost_holds_and_is_there_once(visit):
    arrives_once_from_the_next_page(visit(GATED).asks(), "lost")


def test_a_failed_record_is_tried_again_on_the_same_page_with_growing_pauses(banner_of):
    banner = banner_of()
    banner.page.clock.install()
    line = Line(banner.open().asks(), "down", (500, "internal"))
    banner.page.clock.pause_at(time.time() + 60)
    banner.button("reject-all").click()
    for pause, attempts in [(10, 1), (2_000, 2), (2_000, 2), (2_000, 3)]:
        banner.page.clock.run_for(pause)
        for _ in range(10):  # answers need a few turns of the real clock
            banner.page.wait_for_timeout(20)
        assert line.sent == attempts
    assert decisions(banner.delivered()) == ["reject_all"]


def test_offline_the_answer_holds_and_is_delivered_as_soon_as_there_is_a_connection(visit, context):
    banner = visit().asks()
    context.set_offline(True)
    banner.accept().call("rejectAll()").call("save({services: {youtube: true}})").settle()
    assert (len(banner.outbox()), banner.granted()) == (3, ["youtube"])
    context.set_offline(False)
    rows = banner.delivered()
    assert decisions(rows) == ["accept_all", "reject_all", "custom"]
    assert len({row["visitor_id"] for row in rows}) == 1


def test_a_slow_platform_holds_up_nothing_and_a_second_attempt_makes_no_second_record(visit):
    banner = visit(GATED).asks()
    line = Line(banner, "hold")
    attempted(banner.accept(), line, 1)
    assert banner.page.evaluate("ran") == 1
    expect(banner.root.get_by_role("dialog")).to_have_count(0)
    banner.in_page(banner.page.context.new_page()).open("/a").is_silent().delivered()
    line.held[0].continue_()
    assert decisions(banner.delivered()) == ["accept_all"]


def test_a_record_arrives_from_a_click_that_leaves_for_a_page_without_the_script(visit, shop):
    shop.put("/plain", "<!doctype html><title>Plain</title>")
    banner = visit("<a href=/plain onclick='consent.rejectAll()'>Leave</a>").asks()
    banner.page.click("text=Leave")
    banner.page.wait_for_url("**/plain")
    assert decisions(arrived(banner)) == ["reject_all"]


def arrived(banner):
    """The records, as soon as there are any: for pages that cannot tell."""
    for _ in range(200):
        if rows := banner.records():
            return rows
        banner.page.wait_for_timeout(25)
    return []


@pytest.mark.parametrize("refusal", [(403, "origin_unknown"), (422, "body_invalid"), (413, "body_too_large")])
def test_a_record_that_the_platform_refuses_is_tried_on_the_next_page_and_not_before(visit, refusal):
    banner = visit().asks()
    line = Line(banner, refusal)
    attempted(banner.reject(), line, 1)
    banner.call("acceptAll()").page.wait_for_function("consent.receipt()")
    assert (line.sent, decisions(banner.records())) == (2, ["accept_all"])
    assert [each["decision"] for each in banner.outbox()] == ["reject_all"]
    assert decisions(banner.open("/a").delivered()) == ["accept_all", "reject_all"]


def test_a_record_refused_for_thirty_days_is_thrown_away(visit, page):
    banner = visit().asks()
    line = Line(banner, *[(422, "body_invalid")] * 2)
    attempted(banner.reject(), line, 1)
    page.clock.set_fixed_time(time.time() + 29 * DAY)
    attempted(banner.open("/a"), line, 2)
    assert len(banner.outbox()) == 1
    page.clock.set_fixed_time(time.time() + 31 * DAY)
    banner.open("/b").is_silent()
    assert line.sent == 2
    assert banner.state()["decision"] == "reject_all"


def test_a_visitor_whose_clock_is_wrong_is_recorded_without_their_time(visit, page):
    page.clock.set_fixed_time(time.time() + 3 * DAY)
    (row,) = visit().asks().reject().delivered()
    assert (row["decision"], row["client_ms"]) == ("reject_all", None)


def test_a_token_that_the_platform_no_longer_knows_is_replaced_by_a_new_one(banner_of):
    banner = banner_of()
    banner.plant(banner.text(now=time.time(), i="v1.not.a.token")).open().is_silent()
    banner.call("acceptAll()")
    assert decisions(banner.delivered()) == ["accept_all"]
    assert banner.cookie()["i"] not in ("", "v1.not.a.token")


@pytest.mark.parametrize("text", ["garbage", "{}", "null", "[null]", '"x"', "[1]"])
def test_a_spoilt_outbox_neither_breaks_the_page_nor_loses_the_next_decision(banner_of, text):
    banner = banner_of()
    banner.plant_mirror(text, drawer=".outbox").open().asks().reject()
    assert [row["decision"] for row in arrived(banner)] == ["reject_all"]


def test_a_page_that_broke_fetch_still_delivers_and_the_copy_makes_no_second_record(visit):
    banner = visit(head="<script>window.fetch = () => { throw new Error('broken') }</script>").asks().reject()
    assert decisions(arrived(banner)) == ["reject_all"]
    assert decisions(banner.open("/a").delivered()) == ["reject_all"]


@pytest.mark.parametrize("failure", ["down", 500, 404])
def test_a_script_that_does_not_come_runs_nothing_gated_and_leaves_the_page_alone(banner_of, page, failure):
    banner = banner_of()
    banner.put(
        "/", f"<h1>Shop</h1>{GATED}", head="<script>consent=window.consent||(()=>0);consent('on','change')</script>"
    )
    page.route(banner.script, lambda route: route.abort() if failure == "down" else route.fulfill(status=failure))
    banner.open()
    expect(page.get_by_role("heading")).to_have_text("Shop")
    assert page.evaluate("window.ran") is None
    assert (page.context.cookies(), banner.records()) == ([], [])


def test_texts_that_do_not_come_grant_nothing_and_are_asked_for_again(banner_of, page):
    banner = banner_of()
    banner.put("/", GATED)
    texts = f"{banner.platform.url}/b/{banner.key}/**"
    page.route(texts, lambda route: route.fulfill(status=500))
    with page.expect_response(texts):
        banner.open()
    assert (banner.settle().granted(), page.evaluate("window.ran")) == ([], None)
    page.unroute(texts)
    banner.call("show()").asks().accept()
    assert page.evaluate("ran") == 1


def test_a_killed_platform_takes_no_page_down_and_gets_the_decision_after_its_return(banner_of, mortal_platform):
    banner = banner_of(on=mortal_platform)
    banner.put("/", GATED)
    banner.open().asks()
    mortal_platform.stop(signal.SIGKILL)
    banner.accept()
    assert banner.page.evaluate("ran") == 1
    banner.open("/")
    assert banner.page.evaluate("[window.consent, window.ran]") == [None, None]
    mortal_platform.start()
    assert decisions(banner.open("/a").is_silent().delivered()) == ["accept_all"]


def test_while_the_platform_is_down_the_cached_script_asks_and_keeps_the_answer(page, shop, mortal_platform, policy):
    """No request is intercepted here, because interception switches the browser's cache off."""
    banner = Banner(page, shop, mortal_platform, mortal_platform.make_site(shop.origins(), **policy))
    banner.put("/", GATED)
    banner.open().asks()
    mortal_platform.stop(signal.SIGKILL)
    banner.put("/next", GATED)
    banner.open("/next").asks().accept()
    assert (page.evaluate("ran"), len(banner.outbox())) == (1, 1)
    mortal_platform.start()
    assert decisions(banner.open("/").is_silent().delivered()) == ["accept_all"]
