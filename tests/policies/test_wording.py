"""What a version says in one language, also long after it was published."""

from consent.policies import wording
from consent.policies.document import read, resolve
from consent.policies.locales import built_in
from tests.people import example_policy


def test_a_version_from_before_a_text_was_written_says_ours():
    document = resolve(read(example_policy())).document
    del document["texts"]["ja"]["receipt_page"]
    assert wording.compose(document, "ja", "")["t"]["receipt_page"] == built_in("ja")["receipt_page"]


def test_what_a_version_says_itself_stays_what_it_was():
    document = resolve(read(example_policy())).document
    document["texts"]["ja"]["receipt_page"] = "ページへ"
    assert wording.compose(document, "ja", "")["t"]["receipt_page"] == "ページへ"
