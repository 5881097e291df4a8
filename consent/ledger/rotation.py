"""Rotating the keys of a site's log. The log itself says which key followed which."""

from datetime import datetime

from sqlalchemy import Connection

from consent.ledger import logs
from consent.ledger.events import record_event
from consent.ledger.keys import Keyring
from consent.merkle.entry import Kind
from consent.merkle.promise import key_name


def rotate(connection: Connection, keyring: Keyring, site_id: int, now: datetime) -> dict[str, str]:
    """New keys for checkpoints and receipts, from the first of the secrets. Returns the new public keys by name."""
    log = logs.active(connection, site_id)
    base = logs.base_of(log.origin, log.epoch)
    made = {}
    for name in (log.origin, key_name(base)):
        retired, signer = keyring.rotate(connection, name, now)
        made[name] = signer.vkey
        change = {"name": name, "retired": retired, "new": signer.vkey}
        record_event(connection, site_id, Kind.KEY_ROTATION, change, now)
    return made
