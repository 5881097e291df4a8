"""Takes halves of an entry away as an erasure does: bytes and salt go, the commitment stays."""

from sqlalchemy import select, update

from consent.db import transact
from consent.ledger.models import entry_table
from consent.merkle.entry import commit_evidence, commit_subject

COMMIT = {"evidence": commit_evidence, "subject": commit_subject}


def erase(record_id, *halves):
    of_record = entry_table.c.record_id == record_id

    def unit(connection):
        row = connection.execute(select(entry_table).where(of_record)).one()
        for half in halves:
            left = COMMIT[half](getattr(row, f"{half}_salt"), getattr(row, half))
            gone = {half: None, f"{half}_salt": None, f"{half}_commitment": left}
            connection.execute(update(entry_table).where(of_record).values(gone))

    transact(unit)
