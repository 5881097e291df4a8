"""The log of a site and its keys, as an auditor finds them."""

import html

import pytest

from consent import clock
from consent.db import db, transact
from consent.ledger import epochs, keys, logs, publisher
from consent.ledger.ledger import ledger
from tests.people import Visitor
from tests.settled import settle

PAGE = "/admin/sites/example/log"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_role_finds_the_keys_and_the_checkpoint_that_verify_a_bundle(client, person, site):
    Visitor(client, site).decide()
    settle()
    with db.engine.connect() as connection:
        (log,) = logs.epochs(connection, site.id)
        last, (key,) = publisher.newest(connection, log.log_id), keys.public_keys(connection, log.origin)
    for role in ("owner", "editor", "auditor"):
        text = html.unescape(person(role, site).get(PAGE).text)
        assert key.vkey in text
        assert last.note in text
        assert f"consent verify bundle.zip --key '{key.vkey}'" in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_ended_epoch_stays_on_the_page_with_its_own_keys(client, person, site):
    Visitor(client, site).decide()
    settle()
    guard = ledger().guard
    transact(lambda connection: epochs.new_epoch(connection, site.id, guard, reason="tests", now=clock.now()))
    settle()
    with db.engine.connect() as connection:
        first, second = logs.epochs(connection, site.id)
    text = person("auditor", site).get(PAGE).text
    assert text.index(f"<bdi>{second.origin}</bdi>") < text.index(f"<bdi>{first.origin}</bdi>")
    assert "ended" in text
