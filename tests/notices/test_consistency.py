"""Text and policy are compared both ways: tools, kinds of tools, countries, joint use, Article 31. All texts are ours."""

import json

import pytest
import yaml

from consent.notices import consistency, wording
from consent.policies.document import read, resolve
from tests.disclosure.conftest import JOINT_USE
from tests.people import example_policy

GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}}
CONSOLE = {"id": "console", "preset": "google_search_console"}
MARKETO = {"id": "mk", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}}
ACQUIRING = {**MARKETO, "acquires_as_personal_data": {"items": ["page_url"]}}
AGREEING = "We use Google Analytics. Google LLC is in the United States."


def document(*services, **changes):
    policy = yaml.safe_load(example_policy())
    policy.update(
        services=list(services), vendors=[], categories=["analytics", "ma", "advertising", "functional"], **changes
    )
    return resolve(read(json.dumps(policy))).document


def found(text, *services, **changes):
    return [(each.code, each.path) for each in consistency.check(text, document(*services, **changes))]


def codes(*arguments, **changes):
    return [code for code, _ in found(*arguments, **changes)]


def test_nothing_is_found_where_both_say_the_same():
    assert found(AGREEING, GA4) == []
    assert found("アクセス解析にグーグルアナリティクスを使います。米国で取り扱われます。", GA4) == []


@pytest.mark.parametrize(
    ("words", "preset"),
    [
        ("Google Analytics", "ga4"),
        ("Ｇｏｏｇｌｅ アナリティクス", "ga4"),
        ("googleアナリティクス", "ga4"),
        ("サーチコンソール", "google_search_console"),
        ("ﾏﾙｹﾄ", "marketo"),
        ("Pardot", "account_engagement"),
        ("Facebookピクセル", "meta_pixel"),
    ],
)
def test_a_tool_that_only_the_text_names_is_found_whatever_it_is_called(words, preset):
    assert "notice_tool_unknown" in codes(f"当社は{words}を使います。")
    assert wording.tools()[preset].search(wording.plain(f"当社は{words}を使います。"))


@pytest.mark.parametrize("text", ["SATORIAL style.", "Marketology is a science.", "We own a hubspotter."])
def test_other_words_are_no_tools(text):
    assert "notice_tool_unknown" not in codes(text)


def test_a_service_that_the_text_does_not_describe_is_found():
    assert ("notice_service_missing", "services.mk") in found(AGREEING, GA4, MARKETO)
    assert "notice_service_missing" not in codes(f"{AGREEING} Marketo too.", GA4, MARKETO)


def test_a_word_for_its_kind_covers_a_service_and_asks_for_its_name():
    text = f"{AGREEING} MAツールを使います。"
    assert found(text, GA4, MARKETO) == [("notice_service_unnamed", "services.mk")]


def test_a_kind_of_tool_without_any_service_is_found():
    assert ("notice_category_empty", "categories") in found(f"{AGREEING} We use marketing automation.", GA4)
    assert "notice_category_empty" not in codes(f"{AGREEING} We use marketing automation, Marketo.", GA4, MARKETO)


def test_a_text_that_gives_cookies_to_a_tool_without_a_tag_is_found():
    text = f"{AGREEING}\n8.1) Google Analytics and Google Search Console\nThe tools use cookies."
    assert ("notice_cookie_without_tag", "services.console") in found(text, GA4, CONSOLE)
    honest = f"{AGREEING} Cookies are used by it alone.\n\nGoogle Search Console shows how we are found."
    assert "notice_cookie_without_tag" not in codes(honest, GA4, CONSOLE)


def test_joint_use_has_to_be_in_both():
    assert codes(f"{AGREEING} 共同利用について", GA4) == ["notice_joint_use_unstated"]
    assert codes(AGREEING, GA4, joint_use=[JOINT_USE]) == ["notice_joint_use_missing"]
    assert codes(f"{AGREEING} 共同利用について", GA4, joint_use=[JOINT_USE]) == []


def test_acquiring_as_personal_data_has_to_be_in_both():
    text = f"{AGREEING} Marketo."
    assert codes(f"{text} 個人関連情報の提供", GA4, MARKETO) == ["notice_acquires_unstated"]
    assert found(text, GA4, ACQUIRING) == [("notice_acquires_missing", "services.mk.acquires_as_personal_data")]
    assert codes(f"{text} 個人関連情報の提供", GA4, ACQUIRING) == []


def test_countries_have_to_be_in_both():
    assert codes("We use Google Analytics.", GA4) == ["notice_country_missing"]
    assert codes(f"{AGREEING} Data may be stored in Singapore.", GA4) == ["notice_country_unused"]
    assert codes(f"{AGREEING} 日本で管理します。", GA4) == [], "where the site is"


def test_a_finding_quotes_the_sentence_and_a_number_does_not_end_one():
    (finding,) = consistency.as_findings(consistency.check("前の文。8.2) SATORIを使います。後の文。", document()))
    assert "“8.2) SATORIを使います。”" in finding.said().message
    assert finding.severity == "warning"


def test_what_a_text_like_that_of_a_japanese_company_says_is_found():
    """Analytics and search console as cookie tools, unnamed marketing automation, joint use, Article 31, the United States."""
    text = """Joint use: we share data with our subsidiaries.
Analysis tools
1) Google Analytics and Google Search Console
Google Analytics and Google Search Console work with cookies.
2) MA (Marketing Automation) tools
They join what you view with what you told us, and help with advertising.
Where a recipient acquires personal-related information as personal data, we ask first.
Country: United States of America
"""
    assert sorted(found(text, GA4, CONSOLE)) == [
        ("notice_acquires_unstated", "services"),
        ("notice_category_empty", "categories"),
        ("notice_category_empty", "categories"),
        ("notice_cookie_without_tag", "services.console"),
        ("notice_joint_use_unstated", "joint_use"),
    ]
