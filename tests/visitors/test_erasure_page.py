"""A visitor has erased what is kept about them, on a page without JavaScript."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from consent import clock, worker
from consent.db import db, transact
from consent.ledger import hold
from consent.plain_pages.words import page_words
from consent.visitors.models import request_table
from tests.settled import settle
from tests.visitors.form import PLATFORM, Page

EN = page_words()["en"]["erase"]


def open_page(visit, query="?lang=en"):
    answer = visit.client.get(f"{visit.url}/erase{query}", base_url=PLATFORM)
    assert answer.status_code == 200
    return Page(answer.text), answer


def press(visit, origin=PLATFORM):
    return visit.client.post(f"{visit.url}/erase?lang=en", base_url=PLATFORM, headers={"Origin": origin})


def requested():
    with db.engine.connect() as connection:
        return connection.execute(select(request_table)).all()


def test_the_settings_page_leads_there(visit):
    page = visit.open("?lang=en")
    assert EN["title"] in page.text
    assert f"{visit.url}/erase?lang=en" in [each.get("href") for each in page.named("a")]


def test_the_page_says_what_goes_and_stays_and_asks_before_anything_happens(visit, records):
    visit.choose("reject_all")
    page, answer = open_page(visit)
    assert all(EN[name] in page.text for name in ("goes", "stays", "device", "button"))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert requested() == []
    assert records()[0]["visitor_id"] is not None


def test_pressing_the_button_erases_with_the_next_batch(visit, records):
    visit.choose("reject_all")
    settle()
    answer = press(visit)
    assert answer.status_code == 200
    assert EN["requested"].split("{by}")[0] in Page(answer.text).text
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        worker.erasures()
        while worker.run_job():
            pass
    assert [(row["decision"], row["visitor_id"]) for row in records()] == [("reject_all", None)]


def test_afterwards_the_browser_is_somebody_new(visit, records):
    visit.choose("reject_all")
    press(visit)
    assert open_page(visit)[0].text.count(EN["nothing"]) == 1
    visit.choose("accept_all")
    first, second = records()
    assert first["visitor_id"] != second["visitor_id"]


def test_a_browser_that_is_not_known_is_told_so(visit):
    page, _ = open_page(visit)
    assert EN["nothing"] in page.text
    assert EN["button"] not in [text.strip() for text in page.words]
    answer = press(visit)
    assert answer.status_code == 200
    assert requested() == []


def test_another_site_cannot_press_the_button(visit):
    visit.choose("reject_all")
    answer = press(visit, origin="https://evil.example")
    assert answer.status_code == 403
    assert "form_foreign" in answer.text
    assert requested() == []


def test_under_a_legal_hold_the_page_does_not_promise_a_date(visit, site):
    visit.choose("reject_all")
    transact(lambda c: hold.place(c, site.id, reason="a lawsuit", now=clock.now()))
    assert EN["held"] in Page(press(visit).text).text
    assert len(requested()) == 1


def test_the_page_speaks_every_language_of_the_policy(visit):
    visit.choose("reject_all")
    page, _ = open_page(visit, "?lang=ja")
    assert page_words()["ja"]["erase"]["goes"] in page.text


def test_every_language_names_the_date(app):
    for words in page_words().values():
        assert words["erase"]["requested"].count("{by}") == 1
        assert words["erase"]["requested"].format(by="X").count("X") == 1


def test_an_unknown_site_is_a_page(client):
    answer = client.get("/settings/nothing/erase?lang=en")
    assert answer.status_code == 404
    assert page_words()["en"]["missing"]["title"] in answer.text
