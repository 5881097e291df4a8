"""What went wrong, in the words of whoever reads it."""

import importlib
import pkgutil
import re

import pytest
from flask import g

import consent
from consent.accounts import passwords
from consent.admin import shell, words
from consent.errors import ConsentError

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no SQL of its own
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
# Answers of the API and of public pages, and what only the worker and the command line meet.
ELSEWHERE = {
    *("token_missing", "token_invalid", "token_forbidden", "visitor_token_invalid", "origin_unknown"),
    *("body_too_large", "body_invalid", "query_invalid", "cursor_unknown", "receipt_unknown"),
    *("script_unknown", "statement_unknown", "nothing_published", "policy_version_unknown", "language_unknown"),
    *("record_conflict", "record_erased", "client_time_implausible", "decision_incoherent", "showings_off"),
    *("law_unknown", "service_unknown", "category_unknown", "site_stopped", "log_behind", "clock_went_back"),
    *("register_entry_unknown", "register_entry_corrected"),
    *("mail_not_sent", "mail_refused", "rule_invalid", "legal_hold"),
}
# Who says them has words by what exactly was wrong.
BY_REASON = {"site_invalid", "page_not_fetched", "sso_failed", "sso_unknown", "sso_taken", "register_invalid"}


def subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def every_code():
    for module in pkgutil.walk_packages(consent.__path__, "consent."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)
    return {each.code for each in subclasses(ConsentError) if each.__module__.startswith("consent.")}


def test_every_error_of_the_web_ui_has_words():
    texts = words.texts("ja")
    codes = every_code()
    assert codes - ELSEWHERE - BY_REASON <= texts["errors"].keys() | texts["refused"].keys()
    assert codes >= ELSEWHERE | BY_REASON


@ON_SQLITE
def test_an_error_without_words_is_said_in_english_to_who_reads_english_alone(app):
    said = {}
    for language in words.LANGUAGES:
        with app.test_request_context():
            g.language = language
            said[language] = shell.explained(ConsentError("The dog ate it."))
    assert said["en"] == "The dog ate it."
    assert JAPANESE.search(said["ja"])


@ON_SQLITE
def test_a_form_says_in_japanese_that_many_sign_in_at_once(person, monkeypatch):
    somebody = person(language="ja")

    def busy(*_given):
        raise passwords.PasswordsBusy

    monkeypatch.setattr(passwords, "hashed", busy)
    typed = {"present": "seven green bicycles", "password": "eight blue tandems!"}
    answer = somebody.post("/admin/account/password", typed)
    assert answer.status_code == 503
    assert "数秒後に、もう一度お試しください。" in answer.text
    assert "Try again" not in answer.text


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("evidence/export/bundles/999", 404, "書き出しのページの一覧から選んでください。"),
        ("policy/versions/abc", 404, "ポリシーの版の履歴から選んでください。"),
        ("privacy-policy/999", 404, "登録された文書の一覧から選んでください。"),
        ("policy/services/nobody", 404, "その項目は、すでに削除されています。"),
    ],
)
def test_a_page_that_is_not_there_says_in_japanese_what_to_do(person, site, path, status, said):
    answer = person("owner", site, language="ja").get(f"/admin/sites/example/{path}")
    assert answer.status_code == status
    assert said in answer.text


@ON_SQLITE
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["nowhere", "sites/example/registers/nowhere", "sites/example/people/abc"])
def test_an_address_that_leads_nowhere_gets_a_page_for_people(person, site, path, method):
    answer = getattr(person("owner", site, language="ja"), method)(f"/admin/{path}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "ページが見つかりません" in answer.text
    assert answer.text.count("アドレスが途中で切れている可能性があります。") == 1
    assert "alert-success" not in answer.text


@ON_SQLITE
def test_an_address_without_its_last_stroke_still_leads_there(person, site):
    answer = person("owner", site).get("/admin/sites/example")
    assert (answer.status_code, answer.location) == (308, "https://consent.example.net/admin/sites/example/")


@ON_SQLITE
def test_what_is_too_large_is_said_in_japanese(person, site):
    long = {"edition": "0", "source": "x" * 1_000_000}
    answer = person("editor", site, language="ja").post("/admin/sites/example/policy/source", long)
    assert answer.status_code == 413
    assert "内容を短くするか、小さいファイルを選んでください。" in answer.text
