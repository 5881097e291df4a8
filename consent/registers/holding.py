"""A service whose check abroad has run out is held back, from the first script after that day, without anybody's doing.

What is known of a site is kept for a few seconds, as its policy is, so that a page view asks the database for nothing.
"""

import threading
from collections.abc import Collection
from datetime import datetime

from cachetools import TTLCache, cached
from flask import current_app
from sqlalchemy import Connection, select, update

from consent.accounts import deeds
from consent.clock import day_in_japan, to_ms
from consent.db import db
from consent.registers import transfers
from consent.registers.models import transfer_table
from consent.registers.transfers import Transfer

FRESH_S = 5


class TransferLookup:
    def __init__(self) -> None:
        self.newest = cached(TTLCache(maxsize=1024, ttl=FRESH_S), lock=threading.Lock())(self._newest)

    def _newest(self, site_id: int) -> list[Transfer]:
        with db.engine.connect() as connection:
            return list(transfers.newest(transfers.of_site(connection, site_id)).values())


def newest(site_id: int) -> list[Transfer]:
    """For each service the last check, from memory."""
    lookup: TransferLookup = current_app.extensions["consent.transfers"]
    found: list[Transfer] = lookup.newest(site_id)
    return found


def now_held(site_id: int, services: Collection[str], now: datetime) -> list[Transfer]:
    """Of these services those that are held back, in the order of their ids."""
    found = transfers.held(newest(site_id), day_in_japan(now))
    return sorted((each for each in found if each.service_id in services), key=lambda each: each.service_id)


def ends_today(site_id: int, services: Collection[str], now: datetime) -> bool:
    """Whether this is the last day of the check of one of these services."""
    day = day_in_japan(now).isoformat()
    return any(each.due_on == day and each.service_id in services for each in newest(site_id))


def unnoted(connection: Connection, now: datetime) -> list[int]:
    """Sites with a check that has run out of which their log was not told. Older checks are among them."""
    table = transfer_table.c
    late = table.due_on < day_in_japan(now).isoformat(), table.held_ms.is_(None)
    return list(connection.execute(select(table.site_id).where(*late).distinct()).scalars())


def note(connection: Connection, site_id: int, services: Collection[str], now: datetime) -> int:
    """Tells the site's log which of these services are held back, each once: by compare-and-set, however many ask."""
    noted = 0
    for each in transfers.held(transfers.of_site(connection, site_id), day_in_japan(now)):
        if each.service_id not in services:
            continue
        mine = (transfer_table.c.id == each.id) & transfer_table.c.held_ms.is_(None)
        if connection.execute(update(transfer_table).where(mine).values(held_ms=to_ms(now))).rowcount == 1:
            told = {"service": each.service_id, "recipient": each.recipient, "due_on": each.due_on, "entry": each.id}
            deeds.note(connection, None, "service_held", now, site_id=site_id, **told)
            noted += 1
    return noted
