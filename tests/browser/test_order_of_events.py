"""Google Consent Mode: what stands in the dataLayer, in which order, and what leaves for Google."""

import pytest

SEVEN = {
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
}
GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "platform"}
GTM = {"id": "gtm", "preset": "gtm", "parameters": {"container_id": "GTM-ABC1234"}, "load": "platform"}
ADS = {"id": "google_ads", "preset": "google_ads", "parameters": {"conversion_id": "AW-123456789"}, "load": "platform"}
GOOGLE = ("google.com", "googletagmanager.com", "google-analytics.com", "doubleclick.net", "googleadservices.com")
OWN_TAG = """<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
gtag('js', new Date()); gtag('config', 'G-PAGE'); gtag('event', 'page_view');
dataLayer.push({'gtm.start': 1, event: 'gtm.js'})</script>"""
KEEP_FOR_LATER = "<script>addEventListener('pagehide', () => sessionStorage.left = JSON.stringify(dataLayer))</script>"


def commands(layer, *start):
    return [entry for entry in layer if isinstance(entry, list) and entry[: len(start)] == list(start)]


def updates(layer):
    return [entry[2] for entry in commands(layer, "consent", "update")]


def announcements(layer):
    return [entry for entry in layer if isinstance(entry, dict) and entry.get("event") == "consent_update"]


def google(vendors):
    return [url for url in vendors if any(f".{host}/" in url or f"/{host}/" in url for host in GOOGLE)]


def before_any_tag(layer):
    """The entries before the first one that a Google tag acts on."""
    acts = [i for i, entry in enumerate(layer) if commands([entry], "js") or commands([entry], "config")]
    acts += [i for i, entry in enumerate(layer) if isinstance(entry, dict) and "gtm.start" in entry]
    return layer[: min(acts, default=len(layer))]


def test_the_default_is_the_first_entry_and_denies_all_seven_types_but_security(visit):
    (_, _, types), *_ = layer = visit(head=OWN_TAG).data_layer()
    assert {name for name, value in types.items() if value == "denied"} == SEVEN - {"security_storage"}
    assert types["security_storage"] == "granted"
    assert types["wait_for_update"] == 500
    assert commands(before_any_tag(layer), "consent", "default") == [layer[0]]


def test_commands_are_arguments_objects_because_google_ignores_arrays(visit):
    banner = visit()
    kinds = "dataLayer.slice(0, 2).map((entry) => Object.prototype.toString.call(entry))"
    assert banner.page.evaluate(kinds) == ["[object Arguments]", "[object Arguments]"]


def test_an_own_gtag_in_front_of_the_script_is_kept_and_its_entries_stay(banner_of):
    banner = banner_of()
    banner.put(
        "/", before="<script>dataLayer=[{shop: 1}];function gtag(){dataLayer.push(arguments)};mine=gtag</script>"
    )
    assert banner.open().data_layer()[0] == {"shop": 1}
    assert banner.page.evaluate("gtag === mine")
    assert commands(banner.data_layer(), "consent", "default")


def test_a_slow_script_still_denies_before_the_tag_that_waits_behind_it(banner_of, vendors):
    banner = banner_of()
    held = []
    banner.page.route(banner.script, lambda route: held.append(route))
    vendors.code["www.googletagmanager.com"] = "dataLayer.push(['js'])"
    banner.put("/", head="<script async src='https://www.googletagmanager.com/gtag/js?id=G-PAGE'></script>")
    banner.page.goto(banner.shop.origin(), wait_until="commit")
    banner.page.wait_for_function("document.scripts.length")
    held[0].continue_()
    banner.page.wait_for_function("window.loaded")
    layer = banner.data_layer()
    assert layer[0][:2] == ["consent", "default"]
    assert layer.index(["js"]) > 0


@pytest.mark.parametrize(("redaction", "passthrough"), [(True, False), (False, True), (False, False)])
def test_redaction_and_passthrough_are_set_only_where_the_policy_asks(visit, redaction, passthrough):
    layer = visit(
        head=OWN_TAG, consent_mode={"ads_data_redaction": redaction, "url_passthrough": passthrough}
    ).data_layer()
    assert (
        commands(before_any_tag(layer), "set", "ads_data_redaction", True) == commands(layer, "set")[: int(redaction)]
    )
    assert len(commands(layer, "set")) == redaction + passthrough
    assert commands(layer, "set", "url_passthrough") == [["set", "url_passthrough", True]] * passthrough


def test_wait_for_update_is_the_policys(visit):
    assert visit(consent_mode={"wait_for_update": 1200}).data_layer()[0][2]["wait_for_update"] == 1200


def test_without_a_decision_there_is_no_update_and_no_event(visit):
    layer = visit().asks().data_layer()
    assert (updates(layer), announcements(layer)) == ([], [])


def test_one_decision_is_one_update_of_all_seven_types_and_then_one_event(visit):
    banner = visit().asks().settings().switch("ga4").save().settle()
    layer = banner.data_layer()
    (update,) = updates(layer)
    assert update.keys() == SEVEN
    assert {name for name, value in update.items() if value == "granted"} == {"analytics_storage", "security_storage"}
    assert announcements(layer) == [
        {"event": "consent_update", "consent_categories": ",analytics,", "consent_source": "preferences"}
    ]
    assert layer.index(announcements(layer)[0]) == layer.index(["consent", "update", update]) + 1


def test_a_refusal_is_an_update_that_grants_nothing(visit):
    layer = visit().asks().reject().settle().data_layer()
    (update,) = updates(layer)
    assert [name for name, value in update.items() if value == "granted"] == ["security_storage"]
    assert [entry["consent_categories"] for entry in announcements(layer)] == [",,"]


def test_marketing_automation_has_no_type_of_googles_but_stands_in_the_event(visit):
    layer = visit().call("save({categories: {ma: true}})").data_layer()
    assert [name for name, value in updates(layer)[0].items() if value == "granted"] == ["security_storage"]
    assert announcements(layer)[0]["consent_categories"] == ",ma,"


@pytest.mark.parametrize(
    ("category", "types"),
    [
        ("functional", {"functionality_storage", "personalization_storage"}),
        ("advertising", {"ad_storage", "ad_user_data", "ad_personalization"}),
    ],
)
def test_each_category_grants_its_own_types_only(visit, category, types):
    banner = visit().call(f"save({{categories: {{{category}: true}}}})")
    (update,) = updates(banner.data_layer())
    assert {name for name, value in update.items() if value == "granted"} == types | {"security_storage"}


def test_the_update_is_there_before_the_same_click_leaves_the_page(visit):
    banner = visit("<a href=/next onclick='consent.acceptAll()'>Next</a>", head=KEEP_FOR_LATER)
    banner.put("/next")
    banner.page.click("text=Next")
    banner.page.wait_for_url("**/next")
    assert "consent_update" in banner.page.evaluate("sessionStorage.left")
    assert "granted" in banner.page.evaluate("sessionStorage.left").partition("update")[2]
    assert banner.is_silent().state()["decision"] == "accept_all"
    assert [row["decision"] for row in banner.delivered()] == ["accept_all"]


def test_default_and_update_are_replayed_on_every_page(visit):
    banner = visit().asks().accept()
    for path in ("/a", "/b"):
        layer = banner.open(path).data_layer()
        assert [entry[1] for entry in commands(layer, "consent")] == ["default", "update"]
        assert set(updates(layer)[0].values()) == {"granted"}
        assert announcements(layer)[0]["consent_source"] == "stored"


def test_a_returning_visitor_waits_for_no_text_and_no_answer(visit, page):
    banner = visit().asks().accept()
    banner.delivered()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    layer = banner.open("/a").settle().data_layer()
    assert len(updates(layer)) == 1
    assert [url for url in asked if url.startswith(banner.platform.url)] == [banner.script]


def test_the_stored_decision_is_applied_while_the_script_still_runs(visit):
    banner = visit().asks().accept()
    banner.put("/a", head="<script>seen = dataLayer.filter((entry) => entry[1] === 'update').length</script>")
    assert banner.open("/a").page.evaluate("seen") == 1


def test_basic_mode_contacts_no_google_host_before_consent_nor_after_refusal(visit, vendors):
    banner = visit(services=[GA4, GTM, ADS]).asks()
    assert google(vendors) == []
    banner.reject().settle()
    banner.open("/a").is_silent()
    assert google(vendors) == []


def test_basic_mode_loads_google_after_consent_and_after_the_update(visit, vendors):
    banner = visit(services=[GA4, GTM, ADS]).asks().accept()
    banner.page.wait_for_function("(window.loaded || []).length === 3")
    assert [url.partition("?id=")[2] for url in google(vendors)] == ["G-ABC1234567", "GTM-ABC1234", "AW-123456789"]
    layer = before_any_tag(banner.data_layer())
    assert [entry[1] for entry in commands(layer, "consent")] == ["default", "update"]


def test_basic_mode_does_not_load_google_for_a_consent_in_marketing_automation(visit, vendors):
    hubspot = {"id": "hubspot", "preset": "hubspot", "parameters": {"portal_id": "12345678"}, "load": "platform"}
    banner = visit(services=[GA4, hubspot]).call("save({services: {hubspot: true}})")
    banner.page.wait_for_function("window.loaded")
    assert set(vendors.hosts()) == {"js.hs-scripts.com"}


def test_advanced_mode_loads_google_early_with_everything_denied(visit, vendors):
    banner = visit(services=[GA4, ADS], consent_mode={"mode": "advanced"}).asks()
    banner.page.wait_for_function("(window.loaded || []).length === 2")
    layer = banner.data_layer()
    assert [entry[1] for entry in commands(layer, "consent")] == ["default"]
    assert commands(before_any_tag(layer), "consent", "default") == [layer[0]]
    assert commands(layer, "config", "G-ABC1234567")


def test_advanced_mode_loads_early_what_bears_consent_mode_and_nothing_else(visit, vendors):
    pixel = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}}
    banner = visit(services=[GA4, pixel], consent_mode={"mode": "advanced"}).asks()
    banner.page.wait_for_function("window.loaded")
    assert vendors.hosts() == ["www.googletagmanager.com"]
    banner.accept().page.wait_for_function("loaded.length === 2")
    assert vendors.hosts() == ["www.googletagmanager.com", "connect.facebook.net"]


def test_a_script_included_twice_denies_and_updates_once(visit):
    banner = visit().asks().accept()
    banner.put("/twice", head=banner.tag())
    layer = banner.open("/twice").data_layer()
    assert [entry[1] for entry in commands(layer, "consent")] == ["default", "update"]
