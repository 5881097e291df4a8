"""Changing a site's settings, also by two people at once."""

import threading
from contextlib import suppress

import pytest

from consent import clock
from consent.db import db, transact
from consent.sites import SiteInvalid, create, find, settings, values
from consent.sites.settings import SiteChanged, change, edition

NEW = {"name": "Shop", "origins": ["https://shop.example", "https://www.shop.example"], "cookie_domain": None}


@pytest.fixture
def shop(app):
    return transact(lambda c: create(c, name="Shop", origins=["https://shop.example"], key="shop", now=clock.now()))


def now_is(shop):
    with db.engine.connect() as connection:
        return find(connection, shop.key)


def save(shop, read, **changes):
    return transact(lambda connection: change(connection, shop.id, read=read, **{**NEW, **changes}))


def test_what_changed_is_saved_and_named(shop):
    assert save(shop, edition(shop)) == {"origins": ["https://shop.example", "https://www.shop.example"]}
    assert now_is(shop).origins == {"https://shop.example", "https://www.shop.example"}
    assert now_is(shop).log_origin == shop.log_origin, "receipts name the log by it"


def test_saving_what_is_there_changes_nothing(shop):
    assert save(shop, edition(shop), origins=["https://shop.example"]) == {}


def test_whoever_has_read_older_settings_overwrites_nothing(shop):
    read = edition(shop)
    save(shop, read, name="Theirs")
    with pytest.raises(SiteChanged):
        save(shop, read, name="Mine")
    assert now_is(shop).name == "Theirs"


def test_of_two_who_save_at_the_same_moment_one_is_told(app, shop, monkeypatch):
    """Each waits a while for the other between reading and writing, so that they meet there if they can."""
    read, meet, outcomes, by_id = edition(shop), threading.Barrier(2), [], settings.by_id

    def read_and_wait(connection, site_id):
        found = by_id(connection, site_id)
        with suppress(threading.BrokenBarrierError):
            meet.wait(timeout=1)
        return found

    monkeypatch.setattr(settings, "by_id", read_and_wait)

    def one(name):
        with app.app_context():
            try:
                save(shop, read, name=name)
                outcomes.append("saved")
            except SiteChanged:
                outcomes.append("told")

    threads = [threading.Thread(target=one, args=[name]) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


@pytest.mark.parametrize(
    "wrong", [{"name": "x" * 201}, {"name": "a\nb"}, {"name": "a\0"}, {"origins": []}, {"cookie_domain": "localhost"}]
)
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(shop, wrong):
    with pytest.raises(SiteInvalid):
        save(shop, edition(shop), **wrong)
    assert now_is(shop) == shop


def test_addresses_are_taken_as_people_type_them():
    typed = " www.example.co.jp\nhttps://Example.co.jp/, http://localhost:8001 "
    assert values.normal_origins(values.typed_origins(typed)) == [
        "http://localhost:8001",
        "https://example.co.jp",
        "https://www.example.co.jp",
    ]


COVERED = {
    "domain": "example.jp",
    "origins": ["https://www.example.jp", "https://example.jp:8443"],
    "platform": "https://consent.example.jp",
}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"origins": ["https://www.example.jp", "https://badexample.jp"]}, "domain_outside"),
        ({"platform": "https://consent.example.net"}, "domain_platform"),
    ],
)
def test_a_cookie_domain_that_does_not_cover_every_origin_and_the_platform_is_refused(changes, reason):
    with pytest.raises(SiteInvalid) as refused:
        values.check_cookie_domain(**{**COVERED, **changes})
    assert refused.value.reason == reason


@pytest.mark.parametrize("domain", ["example.jp", None])
def test_a_cookie_domain_may_cover_all_of_them_or_be_left_out(domain):
    values.check_cookie_domain(**{**COVERED, "domain": domain})
