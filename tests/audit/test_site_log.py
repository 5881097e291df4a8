"""Anybody may ask for the public keys of a site's log and its last checkpoint, and check one with the other."""

from consent import clock
from consent.db import transact
from consent.ledger import epochs, rotation
from consent.ledger.ledger import ledger
from consent.merkle.checkpoint import open_checkpoint
from consent.merkle.note import Verifier
from consent.merkle.promise import open_promise
from tests.audit.conftest import settle


def ask(client, site):
    answer = client.get(f"/api/v1/sites/{site.key}/log")
    assert answer.status_code == 200
    return answer.json


def verifiers(keys):
    return [Verifier.from_vkey(each["vkey"]) for each in keys]


def test_the_checkpoint_is_signed_by_the_key_beside_it(client, visitor, site):
    assert [each["checkpoint"] for each in ask(client, site)["epochs"]] == [None], "nothing is signed yet"
    visitor.decide()
    settle()
    (epoch,) = ask(client, site)["epochs"]
    assert open_checkpoint(epoch["checkpoint"], verifiers(epoch["keys"]), epoch["origin"]).size > 0
    assert (epoch["state"], epoch["keys"][0]["retired"]) == ("active", None)


def test_the_promise_of_a_receipt_is_signed_by_a_receipt_key(client, visitor, site):
    receipt = visitor.decide().json["receipt"]
    open_promise(receipt["promise"], verifiers(ask(client, site)["receipts"]))


def test_a_retired_key_and_a_former_epoch_stay_to_be_seen(client, visitor, site):
    visitor.decide()
    settle()
    keyring, guard = ledger().keyring, ledger().guard
    transact(lambda c: rotation.rotate(c, keyring, site.id, clock.now()))
    settle()
    retired, now = ask(client, site)["epochs"][0]["keys"]
    assert (retired["retired"] is None, now["retired"]) == (False, None)
    transact(lambda c: epochs.new_epoch(c, site.id, guard, reason="for the test", now=clock.now()))
    settle()
    old, new = ask(client, site)["epochs"]
    assert [old["state"], new["state"]] == ["frozen", "active"]
    assert new["origin"] == f"{old['origin']}/e2"
    assert open_checkpoint(old["checkpoint"], verifiers(old["keys"]), old["origin"])


def test_any_page_may_read_it_and_an_unknown_site_is_404(client, site):
    assert client.get(f"/api/v1/sites/{site.key}/log").headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/v1/sites/nobody/log").status_code == 404
