"""`window.consent`: what a developer calls and hears, before the script has run and afterwards."""

import pytest
from playwright.sync_api import expect

STUB = "<script>window.consent = window.consent || function () { (consent.q = consent.q || []).push(arguments) };{code}</script>"
LISTEN = """<script>heard = []; for (const name of ['ready', 'shown', 'hidden', 'change', 'withdraw'])
addEventListener('consent:' + name, ({detail}) => heard.push([name, detail.v, detail.decision, detail.source]))</script>"""
EVERY = ["ga4", "hubspot", "marketo", "youtube", "meta_pixel"]


@pytest.fixture
def policy():
    """The services of the example, none of them with a tag on the page, so that no withdrawal reloads it."""
    rows = [
        {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"},
        {"id": "account_engagement", "preset": "account_engagement", "load": "page"},
        {"id": "youtube", "preset": "youtube"},
        {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "page"},
    ]
    rows[1]["parameters"] = {"account_id": "1234567", "campaign_id": "12345", "tracker_domain": "go.vendor.test"}
    return {"services": rows}


def test_the_state_of_a_first_visit_names_everything_as_denied(visit):
    state = visit().state()
    assert (state["decided"], state["decision"], state["decided_at"], state["expires_at"]) == (False, None, None, None)
    assert state["categories"] == {
        name: name == "necessary" for name in ("necessary", "functional", "analytics", "ma", "advertising")
    }
    services = ("consent", "ga4", "account_engagement", "youtube", "meta_pixel")
    assert state["services"] == {name: name == "consent" for name in services}


def test_the_state_after_a_decision_says_when_and_on_which_policy(visit):
    banner = visit().call("acceptAll()")
    state = banner.state()
    assert (state["decided"], state["decision"]) == (True, "accept_all")
    assert all(state["services"].values())
    assert state["policy_version"] == banner.publication().policy_version[:16]
    lasting = banner.page.evaluate(
        "(Date.parse(consent.state().expires_at) - Date.parse(consent.state().decided_at)) / 864e5"
    )
    assert lasting == 180


def test_ready_resolves_at_once_with_the_stored_state(visit):
    banner = visit()
    assert banner.page.evaluate("consent.ready.then((state) => state.decided)") is False
    banner.call("acceptAll()").settle()
    assert banner.open("/a").page.evaluate("consent.ready.then((state) => state.decision)") == "accept_all"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'analytics'", True),
        ("'analytics', 'ga4'", True),
        ("null, 'ga4'", True),
        ("'necessary'", True),
        ("'ma'", False),
        ("'analytics', 'meta_pixel'", False),
        ("'advertising', 'ga4'", False),
        ("'unheard_of'", False),
        ("'__proto__'", False),
        ("", False),
    ],
)
def test_allows_needs_both_where_both_are_named(visit, arguments, expected):
    assert visit().call("save({services: {ga4: true}})").page.evaluate(f"consent.allows({arguments})") is expected


def test_save_leaves_what_it_does_not_name(visit):
    banner = (
        visit().call("save({services: {ga4: true, youtube: true}})").call("save({categories: {functional: false}})")
    )
    assert banner.granted() == ["ga4"]
    banner.call("save({categories: {ma: true}, services: {ga4: false}})")
    assert banner.granted() == ["account_engagement"]
    assert [row["source"] for row in banner.delivered()] == ["api"] * 3


@pytest.mark.parametrize(
    "choice",
    ["", "null", "'all'", "{services: {ga4: 1}}", "{categories: {analytics: 'yes'}}", "{services: {nobody: true}}"],
)
def test_save_takes_nothing_but_true_for_a_consent(visit, choice):
    banner = visit().call(f"save({choice})")
    assert (banner.granted(), banner.state()["decision"]) == ([], "custom")


def test_a_polluted_prototype_grants_nothing(visit):
    banner = visit(head="<script>Object.prototype.ga4 = Object.prototype.analytics = true</script>")
    banner.call("save({services: {youtube: true}})")
    assert banner.granted() == ["youtube"]


def test_a_refused_category_takes_its_services_along_whatever_is_said_of_them(visit):
    assert visit().call("save({categories: {analytics: false}, services: {ga4: true}})").granted() == []


def test_each_call_records_its_decision(visit):
    banner = visit().call("acceptAll()").call("rejectAll()").call("save({})").call("withdraw()")
    assert [row["decision"] for row in banner.delivered()] == ["accept_all", "reject_all", "custom", "withdraw"]
    assert {row["source"] for row in banner.records()} == {"api"}


def test_a_call_as_an_event_handler_is_the_pages_own(visit):
    banner = visit("<button id=mine>Mine</button><script>mine.onclick = consent.rejectAll</script>")
    banner.page.click("#mine")
    assert [row["source"] for row in banner.delivered()] == ["api"]


def test_calls_from_before_the_script_are_made_up_for_in_order(banner_of):
    banner = banner_of()
    code = "got = []; consent('on', 'change', (e) => got.push(e.decision)); consent('acceptAll'); consent('save', {services: {ga4: false}})"  # noqa: E501
    banner.put("/", before=STUB.replace("{code}", code))
    banner.open()
    assert banner.page.evaluate("got") == ["accept_all", "custom"]
    assert "ga4" not in banner.granted()
    banner.page.evaluate("consent('rejectAll')")
    assert [row["decision"] for row in banner.delivered()] == ["accept_all", "custom", "reject_all"]


def test_an_unknown_call_neither_throws_nor_decides(banner_of):
    banner = banner_of()
    banner.put(
        "/", before=STUB.replace("{code}", "consent('nonsense'); consent(); consent('save', {services: {ga4: true}})")
    )
    assert banner.open().granted() == ["ga4"]


def test_events_on_the_window_tell_the_story_in_order(visit):
    banner = visit().asks()
    banner.put("/a", before=LISTEN)
    banner.open("/a").asks().accept().call("withdraw()")
    expected = [
        ["ready", 1, None, None],
        ["shown", 1, None, None],
        ["change", 1, "accept_all", "banner"],
        ["hidden", 1, "accept_all", None],
        ["change", 1, "withdraw", "api"],
        ["withdraw", 1, "withdraw", "api"],
    ]
    heard = banner.page.evaluate("heard")
    assert sorted(heard, key=str) == sorted(expected, key=str)
    assert [each for each in heard if each[0] != "hidden"] == [each for each in expected if each[0] != "hidden"]


def test_a_listener_can_be_taken_off_and_one_that_throws_disturbs_nobody(visit):
    banner = visit().call("on('change', () => { throw new Error('of the page') })")
    banner.page.evaluate("heard = []; off = consent.on('change', (detail) => heard.push(detail.decision)), null")
    banner.call("acceptAll()").page.evaluate("off()")
    banner.call("rejectAll()")
    assert banner.page.evaluate("heard") == ["accept_all"]
    assert len(banner.delivered()) == 2


def test_show_and_hide_open_and_close_without_deciding(visit):
    banner = visit().asks().call("hide()")
    expect(banner.root.get_by_role("dialog")).to_have_count(0)
    banner.call("show()").asks().call("show(2)")
    expect(banner.button("save")).to_be_visible()
    banner.call("hide()")
    expect(banner.root.get_by_role("dialog")).to_have_count(0)
    assert (banner.state()["decided"], banner.records()) == (False, [])
    banner.call("rejectAll()").call("show()")
    expect(banner.button("save")).to_be_visible()


def test_the_preferences_show_what_the_page_decided_and_the_page_what_they_saved(visit):
    banner = visit().call("save({services: {ga4: true}})").reopen()
    expect(banner.service_switch("ga4")).to_be_checked()
    expect(banner.service_switch("youtube")).not_to_be_checked()
    banner.switch("youtube").save().page.wait_for_function("consent.allows('functional')")
    assert banner.granted() == ["ga4", "youtube"]


def test_the_receipt_is_the_platforms_own_copy_of_the_last_decision(visit):
    banner = visit()
    assert banner.page.evaluate("consent.receipt()") is None
    (row,) = banner.call("acceptAll()").delivered()
    receipt = banner.page.evaluate("consent.receipt()")
    assert (receipt["record_id"], receipt["receipt"]["decision"]) == (row["record_id"], "accept_all")
    assert banner.open("/a").page.evaluate("consent.receipt().record_id") == row["record_id"]


def test_a_link_of_the_page_opens_the_preferences_however_late_it_came(visit):
    banner = visit(layout={"reopen": "link"}).call("rejectAll()").settle()
    expect(banner.button("reopen")).to_have_count(0)
    banner.page.evaluate("document.body.innerHTML = '<a href=/elsewhere data-consent-open><b>Cookies</b></a>'")
    banner.page.click("text=Cookies")
    expect(banner.button("save")).to_be_visible()
    assert banner.page.url.endswith("/")


ANOTHER_BODY = """(html) => { const body = document.createElement('body'); body.innerHTML = html; document.body.replaceWith(body) }"""  # noqa: E501


@pytest.mark.parametrize("html", ["<p data-category=analytics>gated</p>", "<p>nothing gated</p>"])
def test_the_re_open_button_survives_a_router_that_replaces_the_body(visit, html):
    banner = visit().call("rejectAll()").settle()
    banner.page.evaluate(ANOTHER_BODY, html)
    expect(banner.button("reopen")).to_be_visible()
    banner.reopen()
    expect(banner.page.locator("#consent-root")).to_have_count(1)


@pytest.mark.parametrize("html", ["<p data-category=analytics>gated</p>", "<p>nothing gated</p>"])
def test_the_question_survives_a_router_that_replaces_the_body(visit, html):
    banner = visit().asks()
    banner.page.evaluate(ANOTHER_BODY, html)
    assert banner.asks().reject().state()["decision"] == "reject_all"


def test_buttons_take_synthetic_clicks_as_tools_that_answer_banners_make_them(visit):
    banner = visit().asks()
    banner.page.evaluate("document.querySelector('#consent-root [data-consent-action=reject-all]').click()")
    assert [row["decision"] for row in banner.delivered()] == ["reject_all"]
