"""The log of a site: its epochs, the keys that verify it, and the last thing that was signed."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from consent.admin import shell
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db
from consent.ledger import checking, keys, logs, publisher, sequencer
from consent.merkle.promise import key_name


@blueprint.get("/sites/<site_key>/log")
@open_to(READERS)
def site_log() -> Response:
    site = shell.site()
    with db.engine.connect() as connection:
        epochs = [_epoch(connection, log) for log in reversed(logs.epochs(connection, site.id))]
        checked = checking.last(connection, site.id)
        return shell.page(
            "site_log.html",
            section="site",
            epochs=epochs,
            receipts=keys.public_keys(connection, key_name(site.log_origin)),
            waiting=sequencer.count_pending(connection, site.id),
            checked=checked,
            check_failure=shell.failure(checked.failed),
        )


def _epoch(connection: Connection, log: logs.Log) -> dict[str, Any]:
    last, public = publisher.newest(connection, log.log_id), keys.public_keys(connection, log.origin)
    return {"log": log, "last": last, "keys": public}
