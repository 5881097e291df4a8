import pytest

from consent.policies.findings import PolicyRefused
from consent.policies.schemas.validation import validated
from tests.policies.policy import SMALL, source


def wrong(**changes):
    """{path: code} of what the schema refuses."""
    with pytest.raises(PolicyRefused) as caught:
        source(**changes)
    return {each.path: each.code for each in caught.value.findings}


def test_a_small_policy_gets_every_default():
    policy = source()
    assert policy["consent"] == {"lifetime_days": 180, "cookie": "consent"}
    assert policy["consent_mode"] == {
        "mode": "basic",
        "wait_for_update": 500,
        "url_passthrough": False,
        "ads_data_redaction": True,
    }
    assert policy["layout"] == {
        "first": "bar",
        "position": None,
        "reopen": "floating",
        "buttons": ["reject", "accept", "settings"],
    }
    assert policy["theme"]["radius"] == 8
    assert policy["recording"] == {"ip_prefix": True, "browser": True, "showings": False}


def test_defaults_of_two_policies_are_not_one_object():
    source()["layout"]["buttons"].clear()
    assert source()["layout"]["buttons"] == ["reject", "accept", "settings"]


def test_a_part_that_is_given_keeps_the_other_defaults():
    assert source(theme={"light": {"accent": "#000"}})["theme"]["light"]["text"] == "#1b1f24"


def test_unknown_keys_are_named_with_their_place():
    assert wrong(colour="red") == {"colour": "key_unknown"}
    assert wrong(theme={"light": {"acent": "#000"}}) == {"theme.light.acent": "key_unknown"}
    assert wrong(services=[{"id": "x", "preset": "ga4", "parametres": {}}]) == {"services.2.parametres": "key_unknown"}


def test_missing_keys_are_named_with_their_place():
    with pytest.raises(PolicyRefused) as caught:
        validated({"schema": 1})
    missing = {each.path for each in caught.value.findings if each.code == "key_missing"}
    assert missing == {"controller", "privacy_policy", "languages", "categories", "services"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"schema": 2}, "schema"),
        ({"schema": True}, "schema"),
        ({"languages": []}, "languages"),
        ({"languages": ["japanese!"]}, "languages.0"),
        ({"controller": {"name": ""}}, "controller.name"),
        ({"controller": {"name": {"ja": 3}}}, "controller.name.ja"),
        ({"controller": {"name": "x", "country": "Japan"}}, "controller.country"),
        ({"controller": {"name": "x", "inquiry_url": "javascript:alert(1)"}}, "controller.inquiry_url"),
        ({"privacy_policy": {"url": {"ja": "ftp://x"}, "version": "1"}}, "privacy_policy.url.ja"),
        ({"privacy_policy": {"url": "https://x.example", "version": 1.0}}, "privacy_policy.version"),
        ({"theme": {"radius": 8.5}}, "theme.radius"),
        ({"theme": {"dark": {"text": "red"}}}, "theme.dark.text"),
        ({"layout": {"first": "wall"}}, "layout.first"),
        ({"layout": {"buttons": ["accept", "later"]}}, "layout.buttons.1"),
        ({"consent_mode": {"wait_for_update": 60_000}}, "consent_mode.wait_for_update"),
        ({"services": [{"id": "A b", "preset": "ga4"}]}, "services.2.id"),
        ({"services": [{"id": "x", "preset": "ga4", "load": "later"}]}, "services.2.load"),
        ({"services": [{"id": "x", "preset": "ga4", "purpose": "one for all"}]}, "services.2.purpose"),
        ({"services": [{"id": "x", "preset": "ga4", "parameters": {"a": 1.5}}]}, "services.2.parameters.a"),
        ({"services": [{"id": "x", "preset": "ga4", "cookies": [{"kind": "cookie"}]}]}, "services.2.cookies.0.name"),
        ({"categories": [{"id": "analytics", "name": "one for all"}]}, "categories.0.name"),
        ({"texts": {"ja": {"title": 3}}}, "texts.ja.title"),
        ({"vendors": [{"id": "a", "name": "A", "country": "JP", "policy_url": "data:x"}]}, "vendors.0.policy_url"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(changes, path):
    assert path in wrong(**changes)


def test_language_tags_are_kept_in_lower_case():
    policy = source(languages=["ja", "zh-TW"], controller={"name": {"ja": "見本", "zh-TW": "樣本"}})
    assert policy["languages"] == ["ja", "zh-tw"]
    assert policy["controller"]["name"] == {"ja": "見本", "zh-tw": "樣本"}


def test_one_language_under_two_spellings_is_refused():
    assert wrong(controller={"name": {"zh-TW": "a", "zh-tw": "b"}}) == {"controller.name": "value_invalid"}


def test_a_number_as_parameter_is_taken_as_its_digits():
    policy = source(services=[{"id": "h", "preset": "hubspot", "parameters": {"portal_id": 12345678}}])
    assert policy["services"][2]["parameters"] == {"portal_id": "12345678"}


def test_a_category_may_be_an_id_or_a_map():
    policy = source(categories=["necessary", {"id": "ma", "name": {"ja": "案内", "en": "Follow-up"}}, "analytics"])
    assert [each["id"] for each in policy["categories"]] == ["necessary", "ma", "analytics"]


def test_one_own_text_may_stand_alone_as_what_is_sent():
    policy = source(services=[{"id": "x", "preset": "ga4", "sends": {"ja": "声", "en": "Voice"}}])
    assert policy["services"][2]["sends"] == [{"ja": "声", "en": "Voice"}]


def test_validating_does_not_change_what_was_given():
    before = repr(SMALL)
    source()
    assert repr(SMALL) == before
