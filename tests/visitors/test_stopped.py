"""The settings page of a site whose owner has stopped the banner: refusing is always possible, and nothing else is offered."""

from datetime import timedelta

import pytest

from consent import clock
from consent.db import transact
from consent.sites import stopping

OPTIONAL = {"ga4", "hubspot", "marketo", "youtube", "meta_pixel"}
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no SQL of its own


@pytest.fixture(autouse=True)
def fresh(app, monkeypatch):
    """Sites are read anew, as they are after a few seconds."""
    lookup = app.extensions["consent.sites"]
    monkeypatch.setattr(lookup, "by_key", lookup._read)


def stop(site, ago=timedelta()):
    transact(lambda c: stopping.stop(c, site, typed="Example", now=clock.now() - ago))


def start(site):
    transact(lambda c: stopping.start(c, site.id))


def test_it_offers_to_refuse_alone_and_says_why(visit, site):
    assert visit.open("?lang=en").buttons() == ["reject_all", "custom", "accept_all"]
    stop(site)
    page = visit.open("?lang=en")
    assert page.buttons() == ["reject_all"]
    assert "This site has stopped asking for consent." in page.text
    assert {name: page.switches()[name] for name in OPTIONAL} == dict.fromkeys(OPTIONAL, (False, False))
    start(site)
    page = visit.open("?lang=en")
    assert page.buttons() == ["reject_all", "custom", "accept_all"]
    assert "stopped asking" not in page.text


def test_it_says_why_in_the_visitors_language(visit, site):
    stop(site)
    assert "このサイトは、同意の確認を停止しています。" in visit.open("?lang=ja").text


def test_whoever_had_agreed_withdraws_and_whoever_refused_refuses_again(visit, browser_of, site, records):
    other = browser_of(site)
    visit.choose("accept_all")
    other.choose("reject_all")
    stop(site, ago=stopping.GRACE + timedelta(minutes=1))
    assert (visit.open().buttons(), other.open().buttons()) == (["withdraw"], ["reject_all"])
    assert visit.choose("withdraw").buttons() == ["reject_all"], "nothing is left to withdraw"
    other.choose("reject_all")
    assert [row["decision"] for row in records()] == ["accept_all", "reject_all", "withdraw", "reject_all"]
    assert {name for name, on in records()[2]["services"].items() if on} == {"consent"}


@pytest.mark.parametrize(("action", "services"), [("accept_all", ()), ("custom", ("ga4",))])
def test_a_form_from_before_that_agrees_is_told_why_it_was_not_saved(visit, site, records, action, services):
    page = visit.open("?lang=en")
    stop(site, ago=stopping.GRACE + timedelta(minutes=1))
    answer = visit.send(action, *services, page=page, query="?lang=en")
    assert answer.status_code == 409
    assert "Nothing can be accepted at the moment" in answer.text
    assert records() == []
