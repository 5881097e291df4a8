"""Entries of the registers, for tests of whatever they have an effect on."""

from datetime import timedelta

import pytest

from consent import clock
from consent.accounts import deeds
from consent.db import db, transact
from consent.registers import confirmations, transfers

TRANSFER = {
    "service_id": "hubspot",
    "recipient": "HubSpot, Inc.",
    "country": "US",
    "basis": "equivalent",
    "system": "包括的な法律はなく、州ごとの法律があります。",
    "system_source": "https://www.example.go.jp/usa",
    "system_on": "2026-04-01",
    "measures": "標準契約条項を含む契約を結んでいます。",
    "checked_on": "2026-04-01",
    "checked_by": "山田 花子",
}
CONFIRMATION = {
    "service_id": "meta_pixel",
    "recipient": "Meta Platforms, Inc.",
    "address": "1 Meta Way, Menlo Park",
    "representative": "",
    "data_items": "Cookieの識別子\n閲覧したページのURL",
    "method": "statement",
    "informed_abroad": "yes",
    "confirmed_by": "山田 花子",
    "confirmed_on": "2026-04-01",
    "provided_from": "2026-04-02",
    "provided_until": "",
    "evidence": "2026-03-30付け申告書 第12号",
}


def days_ago(days):
    return (clock.day_in_japan(clock.now()) - timedelta(days=days)).isoformat()


def forget(app):
    """What the process holds for five seconds."""
    app.extensions["consent.transfers"].newest.cache.clear()


@pytest.fixture
def add_transfer(app, site):
    """add_transfer(checked_on=days_ago(400)): as the command line adds it. By default checked today."""

    def go(*, user=None, corrects=None, of=site, **changes):
        given = {**TRANSFER, "checked_on": days_ago(0), **changes}
        made = transact(
            lambda c: transfers.add(c, of.id, given, user=user, now=clock.now(), corrects=corrects),
        )
        forget(app)
        return made

    return go


@pytest.fixture
def add_confirmation(site):
    def go(*, user=None, corrects=None, of=site, **changes):
        given = {**CONFIRMATION, **changes}
        return transact(
            lambda c: confirmations.add(c, of.id, given, user=user, now=clock.now(), corrects=corrects),
        )

    return go


@pytest.fixture
def told(site):
    """What the site's log was told, the oldest first."""

    def go():
        with db.engine.connect() as connection:
            found, _ = deeds.of_site(connection, site.id)
        return [(each.what, each.details) for each in reversed(found)]

    return go
