"""Signing keys come from the secrets and are never stored; a lost secret is said, and can be lived with."""

import pytest
from click.testing import CliRunner

from consent import clock
from consent.cli import main
from consent.db import transact
from consent.ledger import keys, rotation
from consent.ledger.keys import KeyLost, Keyring, derive
from consent.ledger.ledger import ledger
from consent.ledger.publisher import Publisher
from consent.merkle.note import Verifier
from consent.merkle.promise import key_name, open_promise
from tests.conftest import SECRET

OTHER = "another-secret-0123456789-another-secret"


def public(log, name):
    return log.read(lambda connection: keys.public_keys(connection, name))


def test_a_key_is_the_same_wherever_the_secret_is():
    assert derive(SECRET, "a/b", 1).vkey == derive(SECRET, "a/b", 1).vkey


@pytest.mark.parametrize("other", [(OTHER, "a/b", 1), (SECRET, "a/c", 1), (SECRET, "a/b", 2)])
def test_another_secret_name_or_generation_gives_another_key(other):
    assert derive(*other).seed != derive(SECRET, "a/b", 1).seed


def test_a_key_is_made_at_its_first_use_and_only_its_public_half_is_stored(log):
    (row,) = public(log, log.head.origin)
    assert row.vkey == derive(SECRET, log.head.origin, 1).vkey
    assert (row.generation, row.retired_ms) == (1, None)


def test_a_secret_put_in_front_leaves_the_key_in_use(log):
    signer = Keyring((OTHER, SECRET)).signer(log.head.origin)
    assert signer.vkey == derive(SECRET, log.head.origin, 1).vkey


def test_a_lost_secret_signs_nothing_and_says_what_to_do(log):
    keyring = Keyring((OTHER,))
    log.append()
    log.sequence()
    with pytest.raises(KeyLost, match="rotate-key"):
        Publisher(ledger().guard, keyring).publish(log.site.id, clock.now())
    assert log.publish() is True, "with the secret back it goes on"


def test_rotation_retires_the_key_and_the_log_says_so(log):
    old = public(log, log.head.origin)[0].vkey
    keyring = ledger().keyring
    made = transact(lambda c: rotation.rotate(c, keyring, log.site.id, clock.now()))
    retired, now = public(log, log.head.origin)
    assert (retired.vkey, retired.retired_ms is not None) == (old, True)
    assert (now.vkey, now.retired_ms) == (made[log.head.origin], None)
    log.sequence()
    assert f'"retired":"{old}"'.encode() in log.entries()[-2].evidence
    log.publish()
    assert log.damage() == [], "checkpoints of the old key still hold"


def test_rotation_needs_no_former_secret(log):
    keyring = Keyring((OTHER,))
    transact(lambda c: rotation.rotate(c, keyring, log.site.id, clock.now()))
    log.sequence()
    assert Publisher(ledger().guard, keyring).publish(log.site.id, clock.now()) is True
    assert log.damage() == []


def test_the_command_prints_the_new_public_keys(log):
    result = CliRunner().invoke(main, ["ledger", "rotate-key", "--log", log.head.origin])
    assert result.exit_code == 0
    printed = result.output.split()
    assert printed == [public(log, name)[-1].vkey for name in (log.head.origin, key_name(log.head.origin))]
    unknown = CliRunner().invoke(main, ["ledger", "rotate-key", "--log", "nobody"])
    assert (unknown.exit_code, "log_unknown" in unknown.output) == (1, True)


def test_a_promise_is_signed_by_the_receipt_key(visitor, log):
    note = visitor.decide().json["receipt"]["promise"]
    (row,) = public(log, key_name(log.head.origin))
    assert open_promise(note, [Verifier.from_vkey(row.vkey)]).origin == log.head.origin
