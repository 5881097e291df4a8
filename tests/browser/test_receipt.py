"""The visitor's copy in the preference centre: kept, looked up in the log, opened as a page."""

import json
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from consent.db import db
from consent.ledger.keys import public_keys
from consent.merkle import tlog_proof
from consent.merkle.note import Verifier
from consent.merkle.promise import key_name, open_promise
from consent.phrases import MAY_BREAK
from consent.plain_pages.words import page_words
from consent.policies.locales import built_in

TEXTS = built_in("ja")
SOME = {"visitor": "secret", "received_time": "2026-11-25T00:00:00Z"}


@pytest.fixture
def receipt(visit):
    """The details of the receipt, open, after a refusal."""
    banner = visit().reject()
    banner.delivered()
    return unfolded(banner.reopen())


def unfolded(banner):
    banner.root.locator("summary", has_text=TEXTS["receipt"]).last.click()
    return banner


def copy_of(banner):
    href = banner.root.locator("a[download]").get_attribute("href")
    return json.loads(unquote(href.partition(",")[2]))


def answer(banner):
    return banner.root.locator("details p[role=status]")


def look_up(banner):
    banner.button("look-up").click()
    expect(answer(banner)).not_to_be_empty()
    return answer(banner).inner_text().replace(MAY_BREAK, "")


def wait_for_the_log(banner, token):
    url = f"{banner.platform.url}/api/v1/receipts/{token}"
    for _ in range(100):
        if banner.page.request.get(url).json()["status"] == "included":
            return
        banner.page.wait_for_timeout(200)
    raise AssertionError("the worker has not published")


def keys(banner, name):
    with banner.platform.app.app_context(), db.engine.connect() as connection:
        return [Verifier.from_vkey(row.vkey) for row in public_keys(connection, name)]


def test_the_copy_opens_its_leaf_and_does_not_carry_the_visitors_token(receipt):
    held = receipt.page.evaluate("consent.receipt()")
    assert copy_of(receipt) == held["receipt"]
    assert {"opening", "promise", "token"} <= copy_of(receipt).keys()
    assert held["visitor"] not in json.dumps(copy_of(receipt))


def test_what_was_looked_up_goes_into_the_copy_and_can_be_verified_offline(receipt):
    wait_for_the_log(receipt, copy_of(receipt)["token"])
    said = look_up(receipt)
    copy = copy_of(receipt)
    index = tlog_proof.decode(copy["proof"])[0]
    assert said == TEXTS["receipt_logged"].replace("{number}", str(index + 1))
    origin = json.loads(copy["opening"]["evidence"])["log"]
    leaf = open_promise(copy["promise"], keys(receipt, key_name(origin))).leaf_hash
    assert tlog_proof.verify(copy["proof"], leaf, keys(receipt, origin), origin).size > index


PENDING = '{"status": "pending", "proof": null}'
ANSWERS = {
    "not yet": ({"body": PENDING}, "receipt_soon"),
    "unknown": ({"status": 404, "body": '{"code": "receipt_unknown"}'}, "receipt_unreachable"),
    "no JSON": ({"body": "<h1>Gateway</h1>"}, "receipt_unreachable"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_the_log_answers_is_said_as_it_is(receipt, case):
    given, text = ANSWERS[case]
    headers = {"Access-Control-Allow-Origin": "*"}
    receipt.page.route("**/api/v1/receipts/*", lambda route: route.fulfill(headers=headers, **given))
    assert look_up(receipt) == TEXTS[text]
    assert copy_of(receipt).get("proof") is None


def test_without_a_connection_it_says_so_and_the_copy_stays(receipt):
    before = copy_of(receipt)
    receipt.page.route("**/api/v1/receipts/*", lambda route: route.abort())
    assert look_up(receipt) == TEXTS["receipt_unreachable"]
    assert copy_of(receipt) == before


def test_its_page_opens_in_a_tab_of_its_own_that_knows_nothing_of_this_one(receipt):
    link = receipt.root.get_by_role("link", name=TEXTS["receipt_page"])
    assert link.get_attribute("rel") == "noopener noreferrer"
    with receipt.page.context.expect_page() as opened:
        link.click()
    page = opened.value
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(copy_of(receipt)["record_id"])
    assert page.evaluate("[document.referrer, window.opener]") == ["", None]


def test_a_receipt_from_before_there_was_a_log_can_be_kept_and_no_more(visit):
    banner = visit().reject()
    banner.delivered()
    old = {**SOME, "record_id": "1", "receipt": {"record_id": "1"}}
    banner.page.evaluate("(old) => localStorage.setItem('consent.receipt', JSON.stringify(old))", old)
    unfolded(banner.open("/again").reopen())
    assert copy_of(banner) == {"record_id": "1"}
    expect(banner.root.locator("[data-consent-action=look-up]")).to_have_count(0)
    expect(banner.root.get_by_role("link", name=TEXTS["receipt_page"])).to_have_count(0)


def test_the_link_to_ones_own_records_leads_there_though_the_platform_sees_no_cookie_of_the_site(receipt):
    with receipt.page.context.expect_page() as opened:
        receipt.root.get_by_text(TEXTS["my_data"]).click()
    page = opened.value
    page.wait_for_load_state()
    assert page.url == f"{receipt.platform.url}/settings/{receipt.key}/history?lang=ja"
    assert page.locator("ol.history li strong").all_inner_texts() == [page_words()["ja"]["receipt"]["reject_all"]]
    assert page.evaluate("window.opener") is None


def test_before_any_record_the_link_leads_to_the_settings(visit):
    banner = visit()
    banner.button("settings").click()
    link = banner.root.get_by_text(TEXTS["my_data"])
    with banner.page.context.expect_page() as opened:
        link.click()
    assert opened.value.url.endswith(f"/settings/{banner.key}?lang=ja")
