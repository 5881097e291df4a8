"""The log after the worker's turn, and what fsck says of it."""

import json

from sqlalchemy import select

from consent import worker
from consent.db import db, snapshot
from consent.ledger import fsck, logs
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind


def settle():
    """Pending entries get their places, and a checkpoint covers them."""
    while worker.sequence():
        pass
    worker.publish()


def damage(site):
    """What is wrong in any epoch of the site, in words."""
    with db.engine.connect() as connection:
        every = logs.epochs(connection, site.id)
    found = []
    for log in every:
        with snapshot() as connection:
            found += [f"{each.place} {each.problem}" for each in fsck.examine(connection, log)]
    return found


def head(site):
    with db.engine.connect() as connection:
        log = logs.active(connection, site.id)
    return log.size, log.root


def entry(record_id):
    with db.engine.connect() as connection:
        return connection.execute(select(entry_table).where(entry_table.c.record_id == record_id)).one()


def accounts(site, kind=Kind.ERASURE):
    """The evidence of the site's erasures, the oldest first."""
    statement = select(entry_table.c.evidence).where(entry_table.c.site_id == site.id, entry_table.c.kind == int(kind))
    with db.engine.connect() as connection:
        return [json.loads(text) for text in connection.execute(statement.order_by(entry_table.c.id)).scalars()]
