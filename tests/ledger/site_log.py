"""The log of one site, with its verbs: append, sequence, publish; and what an onlooker sees of it."""

from datetime import timedelta

from sqlalchemy import select, update
from uuid_utils import uuid7

from consent import clock
from consent.db import db, snapshot, transact
from consent.ledger import fsck, keys, logs, proofs, publisher, sequencer
from consent.ledger.append import append
from consent.ledger.ledger import ledger
from consent.ledger.models import checkpoint_table, entry_table
from consent.merkle.canonical import canonical_bytes
from consent.merkle.checkpoint import open_checkpoint
from consent.merkle.entry import Kind
from consent.merkle.note import Verifier


class SiteLog:
    def __init__(self, site):
        self.site = site

    def append(self, count=1):
        """Pending entries, in one transaction. Returns their record ids."""
        names = [str(uuid7()) for _ in range(count)]
        transact(lambda connection: [self.append_one(connection, name) for name in names])
        return names

    def append_at(self, *moments_ms):
        """A pending entry for each time of arrival. Returns their record ids."""
        names = [str(uuid7()) for _ in moments_ms]
        given = dict(zip(names, moments_ms, strict=True))
        transact(lambda connection: [self.append_one(connection, *each) for each in given.items()])
        return names

    def append_one(self, connection, name, received_ms=None):
        return append(
            connection,
            site_id=self.site.id,
            record_id=name,
            kind=Kind.DECISION,
            received_ms=received_ms or clock.to_ms(clock.now()),
            evidence=canonical_bytes({"record_id": name}),
            subject=canonical_bytes({"visitor_id": "v"}),
        )

    def sequence(self, largest=sequencer.LARGEST_BATCH):
        return transact(sequencer.unit(self.site.id, clock.to_ms(clock.now()), largest=largest))

    def publish(self, later=timedelta()):
        return ledger().publisher.publish(self.site.id, clock.now() + later)

    def grow(self, count=1):
        """Appended, sequenced and published."""
        names = self.append(count)
        self.sequence()
        self.publish()
        return names

    def read(self, question):
        with db.engine.connect() as connection:
            return question(connection)

    @property
    def head(self):
        return self.read(lambda connection: logs.active(connection, self.site.id))

    def entries(self):
        """The sequenced ones of every epoch, in their order."""
        statement = select(entry_table).where(
            entry_table.c.site_id == self.site.id, entry_table.c.leaf_index.is_not(None)
        )
        ordered = statement.order_by(entry_table.c.log_id, entry_table.c.leaf_index)
        return self.read(lambda connection: connection.execute(ordered).all())

    def pending(self):
        return self.read(lambda connection: sequencer.count_pending(connection, self.site.id))

    def checkpoints(self, log_id=None):
        statement = select(checkpoint_table).where(checkpoint_table.c.log_id == (log_id or self.head.log_id))
        ordered = statement.order_by(checkpoint_table.c.size)
        return self.read(lambda connection: connection.execute(ordered).all())

    def last_checkpoint(self):
        return self.opened(self.checkpoints()[-1].note)

    def opened(self, note):
        origin = self.head.origin
        public = self.read(lambda connection: keys.public_keys(connection, origin))
        return open_checkpoint(note, [Verifier.from_vkey(row.vkey) for row in public], origin)

    def inclusion(self, name):
        return self.read(lambda connection: proofs.inclusion(connection, name))

    def newest(self):
        return self.read(lambda connection: publisher.newest(connection, self.head.log_id))

    def damage(self):
        """What fsck says of every epoch, as `place problem`."""

        def examine(connection):
            every = logs.epochs(connection, self.site.id)
            return [f"{found.place} {found.problem}" for log in every for found in fsck.examine(connection, log)]

        with snapshot() as connection:
            return examine(connection)

    def alter(self, table, where, **values):
        """As somebody with access to the database would."""
        transact(lambda connection: connection.execute(update(table).where(where).values(**values)))
