"""Two tabs of one site, and two sites of one domain: what is decided in one holds in the other."""

import pytest

FRAME = "<iframe data-category=functional data-service=youtube data-src=/film></iframe>"
GATED = '<script type="text/plain" data-category=analytics data-service=ga4>window.ran = 1</script>'


@pytest.fixture
def policy():
    ga4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}
    return {"services": [ga4, {"id": "youtube", "preset": "youtube"}]}


@pytest.fixture
def tabs(visit, context):
    """Both open, both asking."""

    def make(body):
        first = visit(body).asks()
        return first, first.in_page(context.new_page()).open().asks()

    return make


def follows(banner, decision):
    banner.page.wait_for_function("(d) => window.consent && consent.state().decision === d", arg=decision)
    return banner


def updates(banner):
    return [entry for entry in banner.data_layer() if isinstance(entry, dict) and entry["event"] == "consent_update"]


def test_a_consent_releases_in_the_other_tab_closes_its_banner_and_is_recorded_once(tabs):
    first, second = tabs(GATED)
    first.accept()
    follows(second, "accept_all").page.wait_for_function("window.ran")
    second.is_silent()
    assert [entry["consent_source"] for entry in updates(second)] == ["tab"]
    assert [row["decision"] for row in first.delivered()] == ["accept_all"]
    assert second.outbox() == []


def test_a_refusal_is_followed_by_the_other_tab(tabs):
    first, second = tabs(GATED)
    first.reject()
    follows(second, "reject_all").is_silent()
    assert (second.granted(), second.page.evaluate("window.ran")) == ([], None)


def test_a_withdrawal_empties_frames_of_the_other_tab(tabs, shop):
    shop.put("/film", "film")
    first, second = tabs(FRAME)
    first.accept()
    second.page.frame_locator("iframe").get_by_text("film").wait_for()
    first.call("withdraw()")
    follows(second, "withdraw").page.wait_for_function("!document.querySelector('iframe').getAttribute('src')")
    assert second.granted() == []


def test_a_withdrawal_reloads_the_other_tab_where_a_script_has_run(tabs):
    first, second = tabs(GATED)
    second.accept().delivered()
    follows(first, "accept_all").page.wait_for_function("window.ran")
    with first.page.expect_navigation():
        second.reloads(lambda: second.call("withdraw()"))
    assert first.page.evaluate("[window.ran, consent.state().decision]") == [None, "withdraw"]
    assert [row["decision"] for row in first.delivered()] == ["accept_all", "withdraw"]


def test_the_last_answer_of_two_tabs_is_the_one_that_stays(tabs):
    first, second = tabs(FRAME)
    first.reject()
    follows(second, "reject_all").call("acceptAll()")
    follows(first, "accept_all")
    assert [row["decision"] for row in first.delivered()] == ["reject_all", "accept_all"]
    assert first.open("/a").granted() == ["ga4", "youtube"]


def test_a_page_that_comes_back_to_the_front_sees_what_another_host_of_the_domain_decided(visit, context):
    first = visit(GATED).asks()
    other = first.in_page(context.new_page()).open(host="blog.shop.example").asks().accept().settle()
    assert first.state()["decided"] is False
    first.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    follows(first, "accept_all").is_silent()
    assert [row["decision"] for row in other.delivered()] == ["accept_all"]


def test_a_page_that_comes_back_with_nothing_new_says_nothing(visit):
    banner = visit(GATED).asks().accept().settle()
    banner.page.evaluate("document.dispatchEvent(new Event('visibilitychange')), dispatchEvent(new Event('storage'))")
    assert len(updates(banner.settle())) == 1


def test_what_another_tab_clears_leaves_this_one_as_it_was(tabs):
    first, second = tabs(FRAME)
    first.accept()
    follows(second, "accept_all")
    first.page.evaluate("localStorage.clear(), document.cookie = 'consent=; Max-Age=0; Domain=shop.example; Path=/'")
    second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert second.settle().granted() == ["ga4", "youtube"]
