"""What holds up publishing. Each refusal stands beside the case that passes."""

import pytest

from consent.policies import lint
from consent.policies.document import read
from consent.policies.findings import errors_among
from tests.people import example_policy
from tests.policies.policy import ACME, CUSTOM, findings, source

MARKETO = {"id": "m2", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}}


def codes(**changes):
    return {code for code, _ in findings(**changes)}


def test_a_good_policy_has_no_findings():
    assert findings() == []
    assert errors_among(lint.check(read(example_policy()))) == []


def test_a_missing_translation_is_found_where_it_is_missing():
    assert findings(controller={"name": {"ja": "見本"}}) == [("translation_missing", "controller.name")]
    assert findings(services=[{**MARKETO, "purpose": {"en": "Follow-up."}}]) == [
        ("translation_missing", "services.2.purpose")
    ]


def test_a_language_that_we_do_not_speak_has_to_be_written_in_the_policy():
    found = findings(languages=["ja", "en", "it"], controller={"name": "Sample"})
    assert {code for code, _ in found} == {"translation_missing"}
    assert ("translation_missing", "texts.it.title") in found
    assert ("translation_missing", "services.0.purpose") in found
    assert ("translation_missing", "categories.ma.name") in found


def test_every_language_that_we_speak_needs_nothing():
    ten = ["ja", "en", "zh", "zh-TW", "ko", "de", "fr", "es", "pt", "ar"]
    assert findings(languages=ten, controller={"name": "Sample"}) == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "parameter_missing"),
        ({"munchkin_id": "123"}, "parameter_invalid"),
        ({"munchkin_id": "123-ABC-456'"}, "parameter_invalid"),
        ({"munchkin_id": "123-ABC-456", "x": "y"}, "parameter_unknown"),
    ],
)
def test_a_wrong_parameter_is_found(parameters, code):
    assert code in codes(services=[{**MARKETO, "parameters": parameters}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_that_is_hard_to_read_is_refused(scheme):
    grey = {
        "background": "#ffffff",
        "text": "#777777",
        "accent": "#1f4e79",
        "accent_text": "#ffffff",
        "muted": "#595959",
    }
    assert findings(theme={scheme: grey}) == [("theme_contrast", f"theme.{scheme}.text")]
    assert findings(theme={scheme: {**grey, "text": "#767676"}}) == []


@pytest.mark.parametrize(
    ("colours", "name"),
    [({"accent": "#eeeeee"}, "accent_text"), ({"muted": "#cccccc"}, "muted")],
)
def test_buttons_and_small_print_need_contrast_too(colours, name):
    assert findings(theme={"light": colours}) == [("theme_contrast", f"theme.light.{name}")]


@pytest.mark.parametrize(
    "buttons", [["accept", "settings"], ["accept"], ["settings"], [], ["reject"], ["accept", "accept", "reject"]]
)
def test_a_layout_in_which_refusing_is_weaker_is_refused(buttons):
    assert codes(layout={"buttons": buttons}) == {"refusal_weaker"}


@pytest.mark.parametrize("buttons", [["accept", "reject"], ["reject", "accept", "settings"]])
def test_a_layout_with_both_buttons_passes(buttons):
    assert findings(layout={"buttons": buttons}) == []


def test_a_layout_stands_where_it_can_stand():
    assert findings(layout={"first": "bar", "position": "center"}) == [("layout_position", "layout.position")]
    assert findings(layout={"first": "dialog", "position": "center"}) == []


def test_what_a_service_refers_to_has_to_exist():
    assert findings(services=[{**MARKETO, "preset": "marketto"}]) == [("preset_unknown", "services.2.preset")]
    assert findings(services=[{**MARKETO, "vendor": "adobbe"}]) == [("vendor_unknown", "services.2.vendor")]
    assert findings(services=[{**MARKETO, "category": "sales"}]) == [("category_not_in_policy", "services.2.category")]
    assert findings(services=[{**MARKETO, "sends": ["shoe_size"]}]) == [("item_unknown", "services.2.sends.0")]


def test_a_service_needs_a_category_of_the_policy():
    youtube = {"id": "yt", "preset": "youtube"}
    assert findings(services=[youtube]) == [("category_not_in_policy", "services.2.category")]
    assert findings(services=[youtube], categories=["functional", "analytics", "ma"]) == []


def test_a_category_that_is_none_of_the_five_is_refused():
    assert ("category_unknown", "categories.3") in findings(categories=["necessary", "analytics", "ma", "fun"])


def test_a_custom_service_has_to_say_what_the_catalogue_cannot_know():
    bare = {"id": "chat", "preset": "custom_script", "parameters": CUSTOM["parameters"]}
    assert codes(services=[bare]) == {"category_missing", "vendor_missing"}
    assert codes(services=[{**bare, "category": "ma", "vendor": "acme"}], vendors=[ACME]) == {
        *("name_missing", "purpose_missing", "cookies_unknown")
    }
    assert codes(services=[{**CUSTOM, "cookies": []}], vendors=[ACME]) == set()


def test_ids_are_there_once():
    assert findings(services=[{**MARKETO, "id": "ga4"}]) == [("id_duplicate", "services")]
    assert findings(vendors=[ACME, ACME]) == [("id_duplicate", "vendors")]
    assert findings(categories=["analytics", "ma", "ma"]) == [("id_duplicate", "categories")]
    assert findings(languages=["ja", "en", "JA"]) == [("language_duplicate", "languages")]


def test_the_ids_of_the_platform_are_taken():
    assert ("id_reserved", "services.2.id") in findings(services=[{**MARKETO, "id": "consent"}])
    assert ("id_reserved", "vendors.0.id") in findings(vendors=[{**ACME, "id": "controller"}])


def test_an_acquisition_as_personal_data_names_its_items():
    assert findings(services=[{**MARKETO, "acquires_as_personal_data": {}}]) == [
        ("acquires_unnamed", "services.m2.acquires_as_personal_data.items")
    ]
    assert findings(services=[{**MARKETO, "acquires_as_personal_data": {"items": ["ip"]}}]) == []


def test_an_own_text_about_it_names_recipient_and_items_in_each_language():
    own = {
        "items": [{"ja": "番号", "en": "Number"}],
        "text": {"ja": "Adobe Inc.が番号を取得します。", "en": "We share."},
    }
    found = findings(services=[{**MARKETO, "acquires_as_personal_data": own}])
    assert set(found) == {("acquires_unnamed", "services.m2.acquires_as_personal_data.text.en")}
    own["text"]["en"] = "Adobe Inc. acquires: Number"
    assert findings(services=[{**MARKETO, "acquires_as_personal_data": own}]) == []


@pytest.mark.parametrize("name", ["a b", "a;b", "", "__Host-consent", "日本", "a" * 41])
def test_our_cookie_needs_a_name_that_browsers_take(name):
    assert findings(consent={"cookie": name}) == [("cookie_name_invalid", "consent.cookie")]


def test_a_good_cookie_name_passes():
    assert findings(consent={"cookie": "my_consent-1"}) == []


@pytest.mark.parametrize("name", ["a b", "a;b", "*", "**"])
def test_a_service_cannot_claim_a_cookie_that_cannot_be_or_every_cookie(name):
    assert codes(services=[{**MARKETO, "cookies": [{"name": name}]}]) == {"cookie_name_invalid"}


def test_a_wildcard_behind_a_name_passes():
    assert findings(services=[{**MARKETO, "cookies": [{"name": "_mk*"}]}]) == []


@pytest.mark.parametrize(("days", "good"), [(0, False), (-1, False), (401, False), (1, True), (180, True), (400, True)])
def test_a_decision_lasts_between_one_day_and_what_browsers_keep(days, good):
    expected = [] if good else [("lifetime_out_of_range", "consent.lifetime_days")]
    assert findings(consent={"lifetime_days": days}) == expected


def test_own_texts_must_be_texts_of_the_banner_with_its_placeholders():
    assert findings(texts={"ja": {"titel": "x"}}) == [("text_unknown", "texts.ja.titel")]
    assert findings(texts={"ja": {"title": " "}}) == [("text_empty", "texts.ja.title")]
    assert findings(texts={"ja": {"body": "同意してください"}}) == [("text_placeholder", "texts.ja.body")]
    assert findings(texts={"ja": {"body": "{site}です"}}) == []
    assert findings(texts={"ko": {"title": "제목"}}) == [("language_unknown", "texts.ko")]


def test_the_platform_cannot_load_what_only_a_page_can_carry():
    youtube = {"id": "yt", "preset": "youtube", "load": "platform"}
    categories = ["functional", "analytics", "ma"]
    assert findings(services=[youtube], categories=categories) == [("load_unavailable", "services.2.load")]


def test_advanced_consent_mode_is_allowed_with_a_warning():
    (finding,) = lint.check(source(consent_mode={"mode": "advanced"}))
    assert (finding.code, finding.severity) == ("consent_mode_advanced", "warning")


def test_a_category_without_services_is_a_warning():
    (finding,) = lint.check(source(categories=["analytics", "ma", "advertising"]))
    assert (finding.code, finding.severity) == ("category_empty", "warning")


def test_what_needs_a_second_look_is_a_warning():
    gtm = {"id": "gtm", "preset": "gtm", "parameters": {"container_id": "GTM-ABC1234"}}
    pixel = {"id": "px", "preset": "meta_pixel", "parameters": {"pixel_id": "1234567890"}, "category": "ma"}
    found = lint.check(source(services=[gtm, {**pixel, "load": "page"}]))
    assert {each.code for each in found} == {"loads_others", "cookies_unknown", "snippet_leak"}
    assert errors_among(found) == []


def test_errors_come_before_warnings():
    found = lint.check(source(consent_mode={"mode": "advanced"}, consent={"cookie": "a b"}))
    assert [each.severity for each in found] == ["error", "warning"]


def test_every_finding_says_what_to_do():
    found = lint.check(
        source(services=[{"id": "x", "preset": "nope"}], layout={"buttons": []}, consent={"lifetime_days": 0})
    )
    assert len(found) == 4
    assert all(each.said().message.endswith(".") and each.said().fix.endswith(".") for each in found)
