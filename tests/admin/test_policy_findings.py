"""What is wrong with a policy, on the pages of somebody who reads Japanese."""

import re
from html import unescape

import pytest

from tests.policies.wrong import texts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no SQL of its own
ENGLISH = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")


def listed(page):
    """The text of every finding on a page."""
    lists = re.findall(r'<ul class="list-unstyled mb-0">(.*?)</ul>', page, re.DOTALL)
    rows = re.findall(r"<li.*?</li>", "".join(lists), re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>|\s+", " ", row)).strip() for row in rows]


def check(somebody, text):
    """The file as the editor of the page sends it."""
    typed = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return listed(somebody.post("/admin/sites/example/policy/source/check", {"edition": "0", "source": typed}).text)


def test_whatever_is_wrong_with_a_file_is_said_in_japanese(person, site):
    editor = person("editor", site, language="ja")
    found = [each for text in texts() for each in check(editor, text)]
    assert len(found) > 80
    assert not [each for each in found if ENGLISH.search(each)]


def test_somebody_who_reads_english_reads_english(person, site):
    (found,) = check(person("editor", site), "schema: [1")
    assert ENGLISH.search(found)
    assert not re.search("[\u3040-\u30ff]", found)


def test_what_holds_up_publishing_and_the_preview_is_said_in_japanese(person, site):
    editor = person("editor", site, language="ja")
    policy = "/admin/sites/example/policy"
    source = re.search(r"<textarea[^>]*>(.*?)</textarea>", editor.get(f"{policy}/source").text, re.DOTALL)[1]
    wrong = unescape(source).replace("measurement_id:", "measurement:")
    assert editor.post(f"{policy}/source", {"edition": "0", "source": wrong}).status_code == 303
    for page in ("check", "preview", "services/ga4"):
        found = listed(editor.get(f"{policy}/{page}").text)
        assert any("次の例のように入力してください：" in each for each in found), page
        assert not [each for each in found if ENGLISH.search(each)], page


def test_the_text_of_a_file_stays_text_in_a_finding(person, site):
    answer = person("editor", site, language="ja").post(
        "/admin/sites/example/policy/source/check", {"edition": "0", "source": '{"a": 1, "<script>x</script>": 1}'}
    )
    assert "<script>x" not in answer.text
