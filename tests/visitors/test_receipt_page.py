"""The receipt as a page: what was decided, under which words, where it stands in the log, for whoever has its address."""

from datetime import timedelta

import pytest
import time_machine
import yaml

from consent import clock
from consent.db import transact
from consent.ledger import sequencer
from consent.ledger.ledger import ledger
from consent.plain_pages.words import page_words
from tests.people import Visitor, example_policy
from tests.records.erasing import erase
from tests.visitors.form import Page
from tests.visitors.test_escaping import hostile_policy

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAID = {language: words["receipt"] for language, words in page_words().items()}


@pytest.fixture
def receipt(visitor):
    return visitor.decide("custom", granted=["ga4"]).json["receipt"]


@pytest.fixture
def open_page(client):
    def go(receipt, query="", **headers):
        answer = client.get(f"/r/{receipt['token']}{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    return go


def publish_log(site):
    """What the worker does every few seconds."""
    transact(sequencer.unit(site.id, clock.to_ms(clock.now())))
    ledger().publisher.publish(site.id, clock.now())


def tags(page):
    """What the page says of each switch, in its order."""
    return [
        each["class"].removeprefix("tag was-") for each in page.named("span") if each.get("class", "").startswith("tag")
    ]


def test_it_says_what_was_decided_of_which_service_for_which_recipient(receipt, open_page):
    page = open_page(receipt, "?lang=en")
    for words in ("Chosen one by one", "Google Analytics 4", "Google LLC · United States", receipt["record_id"]):
        assert words in page.text
    assert receipt["policy_version"] in page.text
    assert sorted(tags(page)) == ["given", "refused", "refused", "refused", "refused"]


@pytest.mark.parametrize(
    ("decision", "status"),
    [("accept_all", "given"), ("reject_all", "refused"), ("withdraw", "withdrawn"), ("gpc", "refused")],
)
@ON_SQLITE
def test_every_decision_is_called_by_its_name(visitor, open_page, decision, status):
    source = "gpc" if decision == "gpc" else "preferences"
    page = open_page(visitor.decide(decision, source=source).json["receipt"])
    assert SAID["ja"][decision] in page.text
    assert set(tags(page)) == {status}
    assert SAID["ja"]["signal" if decision == "gpc" else "preferences"] in page.text


@pytest.mark.parametrize(
    ("asked_in", "query", "accepts", "language"),
    [("ja", "", "en", "ja"), ("en", "", "ja", "en"), ("ja", "?lang=en", "", "en"), ("en", "?lang=fr", "", "ja")],
)
@ON_SQLITE
def test_it_speaks_the_language_of_the_question_unless_another_is_asked_for(
    visitor, open_page, asked_in, query, accepts, language
):
    receipt = visitor.decide("reject_all", language=asked_in).json["receipt"]
    page = open_page(receipt, query, **{"Accept-Language": accepts})
    assert page.language == language
    assert SAID[language]["reject_all"] in page.text


def test_it_shows_the_words_of_the_version_that_was_decided_on(receipt, client, open_page, site, publish_for):
    services = yaml.safe_load(example_policy())["services"]
    services[0]["purpose"] = {"ja": "新しい目的", "en": "A new purpose"}
    publish_for(site, services=services)
    assert "新しい目的" not in open_page(receipt).text
    assert "新しい目的" in open_page(Visitor(client, site).decide().json["receipt"]).text


def test_its_place_in_the_log_is_promised_and_then_shown(receipt, open_page, site):
    assert "will be in the verifiable log by" in open_page(receipt, "?lang=en").text
    publish_log(site)
    page = open_page(receipt, "?lang=en")
    assert "Entry 2 of 2 in the verifiable log" in page.text
    assert "will be in the verifiable log" not in page.text


@ON_SQLITE
def test_a_promise_that_was_not_kept_is_called_so(receipt, open_page):
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        page = open_page(receipt, "?lang=en")
    assert "was promised to be in the verifiable log by" in page.text
    assert [each["class"] for each in page.named("p") if "log" in each.get("class", "").split()] == ["log overdue"]


def test_nobody_is_named_on_it(receipt, open_page, visitor):
    html = open_page(receipt).html
    assert receipt["visitor_id"] not in html
    assert visitor.token not in html


def test_a_record_whose_visitor_was_erased_says_so(receipt, open_page):
    assert SAID["ja"]["erased_visitor"] not in open_page(receipt).text
    erase(receipt["record_id"], "subject")
    page = open_page(receipt)
    assert SAID["ja"]["erased_visitor"] in page.text
    assert SAID["ja"]["custom"] in page.text


def test_a_record_that_was_erased_says_so_and_can_still_be_proven(receipt, open_page, site):
    publish_log(site)
    erase(receipt["record_id"], "subject", "evidence")
    page = open_page(receipt, "?lang=en")
    assert SAID["en"]["erased"] in page.text
    assert "Entry 2 of 2" in page.text
    assert tags(page) == []
    assert [each["href"] for each in page.named("a") if "download" in each] == [
        f"/api/v1/receipts/{receipt['token']}/copy"
    ]


def test_every_download_is_there(receipt, open_page, client):
    links = [each["href"] for each in open_page(receipt).named("a") if "download" in each]
    assert [link.rpartition("/")[2] for link in links] == ["copy", "iso-27560", "kantara"]
    assert [client.get(link).status_code for link in links] == [200, 200, 200]


def test_it_leads_to_the_settings(receipt, open_page):
    links = [each["href"] for each in open_page(receipt).named("a")]
    assert "https://consent.example.net/settings/example?lang=ja" in links


@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, "0193600a-0000-7000-8000-000000000001.AAAA", "あ"])
def test_an_unknown_token_is_a_page_in_the_visitors_language(client, site, token):
    for language in ("ja", "en", "ar"):
        answer = client.get(f"/r/{token}", headers={"Accept-Language": language})
        page = Page(answer.text)
        assert (answer.status_code, page.language) == (404, language)
        assert page_words()[language]["receipt_missing"]["title"] in page.text
        assert page.named("a") == []


@ON_SQLITE
def test_its_address_goes_nowhere(receipt, client):
    for path in (f"/r/{receipt['token']}", "/r/unknown"):
        headers = client.get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")


@ON_SQLITE
def test_nothing_is_fetched_from_anywhere_else_and_nothing_runs(receipt, open_page):
    page = open_page(receipt)
    assert page.fetched() == []
    assert [each for name in ("script", "style", "iframe", "img") for each in page.named(name)] == []


@ON_SQLITE
def test_an_attack_in_a_policy_stays_text(client, site, open_page, publish_for):
    policy, _ = hostile_policy()
    publish_for(site, **policy)
    page = open_page(Visitor(client, site).decide().json["receipt"])
    assert "⟦" in page.text
    assert [name for name in ("script", "img", "b") if page.named(name)] == []


@ON_SQLITE
@pytest.mark.parametrize("language", sorted(SAID))
def test_every_language_says_all_of_it(client, site, open_page, publish_for, language):
    plain = {"controller": {"name": "Sample"}, "privacy_policy": {"url": "https://www.example.com/p", "version": "1"}}
    publish_for(site, languages=[language], **plain)
    page = open_page(Visitor(client, site).decide(language=language).json["receipt"])
    for key in ("title", "accept_all", "given", "change", "check_body", "download"):
        assert SAID[language][key] in page.text
    assert "{" not in page.text
