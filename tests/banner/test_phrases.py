"""Where the lines of the Japanese banner may break. Only what people read is marked, and nothing in it changes but for that."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.banner import texts
from consent.phrases import MAY_BREAK, phrased, phrased_page
from consent.policies import wording
from consent.policies.document import read, resolve
from tests.banner.test_texts import LANGUAGES
from tests.people import example_policy


@pytest.mark.parametrize(
    "phrases",
    [
        "拒否されても|サイトは|ご利用いただけ、|選択は|いつでも|変更できます。",
        "お客さまへの|ご案内|（MA）",
        "「{service}」を|表示すると、|情報が|送信されます。",
        "選択の|記録を 30 分だけ|保存します",
    ],
)
def test_a_line_may_break_between_phrases(phrases):
    assert phrased(phrases.replace("|", "")) == phrases.replace("|", MAY_BREAK)


SHORT = ("すべて同意", "6 か月", "")
OTHER = ("Google Analytics 4", "Wir verwenden Cookies, um die Nutzung zu messen")


@pytest.mark.parametrize("text", [*SHORT, *OTHER, f"設定を{MAY_BREAK}開きます、いま変更できます"])
def test_what_fits_into_any_line_is_not_japanese_or_is_marked_already_stays_as_it_is(text):
    assert phrased(text) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "検証用の台帳に、全{0}件中の{0}番目として記載されています（台帳への署名：{0}年11月30日 3:23:18 UTC）。",
        "この記録は{0}年12月31日まで保存します。",
    ],
)
def test_no_number_is_torn_or_parted_from_what_it_counts(sentence):
    assert not [year for year in range(2020, 2040) if re.search(f"[0-9]{MAY_BREAK}", phrased(sentence.format(year)))]


@given(st.text(st.sampled_from("のはをがお客さま情報取得、。（）「」 Cookie{name}1"), max_size=60))
def test_nothing_changes_but_for_the_marks(text):
    marked = phrased(text)
    assert marked.replace(MAY_BREAK, "") == text
    assert not marked.startswith(MAY_BREAK)
    assert not marked.endswith(MAY_BREAK)
    assert f" {MAY_BREAK}" not in marked
    assert f"{MAY_BREAK} " not in marked


PAGE = """<p class="why" title="選択の記録を確認・削除できます">
  記録の確認と削除は「A&amp;B」の設定でできます。
  <a href="/記録の確認と削除はこちらです">記録の確認と<b>削除</b>はこちら</a></p>"""
MARKED = """<p class="why" title="選択の記録を確認・削除できます">
  記録の|確認と|削除は|「A&amp;B」の|設定で|できます。
  <a href="/記録の確認と削除はこちらです">記録の確認と<b>削除</b>はこちら</a></p>"""


def test_a_page_is_marked_between_its_tags_and_stays_escaped():
    assert phrased_page(PAGE, "ja") == MARKED.replace("|", MAY_BREAK)


def test_a_page_in_another_language_stays_as_it_is():
    assert phrased_page(PAGE, "zh") == PAGE


def words(language, **changes):
    document = resolve(read(example_policy())).document
    return {**wording.compose(document, language, "https://consent.example.com/設定のページは/こちらです"), **changes}


def parts(language):
    return texts.first(words(language)), texts.second(words(language))


def strings(value, name=""):
    """Every string with the name of the member that it is in, as far down as they go."""
    if isinstance(value, dict):
        return [pair for member, each in value.items() for pair in strings(each, member)]
    if isinstance(value, list):
        return [pair for each in value for pair in strings(each, name)]
    return [(name, value)] if isinstance(value, str) else []


def test_every_japanese_sentence_of_both_parts_is_marked():
    sentences = [text for part in parts("ja") for _, text in strings(part) if "。" in text]
    assert len(sentences) > 20
    assert [text for text in sentences if MAY_BREAK not in text] == []


def test_addresses_ids_and_colours_are_never_marked():
    marked = {name for part in parts("ja") for name, text in strings(part) if MAY_BREAK in text}
    assert marked >= {"body", "purposes", "name", "description", "purpose", "sends", "lifetime"}
    assert marked & {"settings_url", "privacy_policy", "policy_url", "opt_out_url", "id", "lang", "domain"} == set()
    assert parts("ja")[1]["settings_url"].endswith("/設定のページは/こちらです")


def test_placeholders_stay_whole():
    for part in parts("ja"):
        for _, text in strings(part):
            assert "{" not in text.replace("{service}", "").replace("{number}", "")


def test_only_lines_of_japanese_are_marked():
    """Others break at spaces, or, as Chinese, between any two characters."""
    for language in {*LANGUAGES} - {"ja"}:
        assert MAY_BREAK not in json.dumps(texts.first(words("ja", lang=language)), ensure_ascii=False)
