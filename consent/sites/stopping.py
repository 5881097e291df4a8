"""Stopping the banner of a site, and starting it again. Nothing that was recorded is touched (docs/adr/0015)."""

import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from consent.clock import from_ms, to_ms
from consent.errors import ConsentError
from consent.sites.models import site_table
from consent.sites.registry import Site

# For so long browsers may still run the script that they have: its max-age and its stale-while-revalidate.
GRACE = timedelta(days=1, minutes=5)


class SiteStopped(ConsentError):
    """The outbox of the banner keeps what it could not deliver and tries again on later pages."""

    status = 409
    code = "site_stopped"

    def __init__(self) -> None:
        super().__init__("The banner of this site is stopped. Nothing was stored; withdrawals and refusals still are.")


class NameDiffers(ConsentError):
    status = 422
    code = "name_differs"

    def __init__(self) -> None:
        super().__init__("What was typed is not the name of the site. Nothing was changed.")


def stop(connection: Connection, site: Site, *, typed: str, now: datetime) -> bool:
    """`typed`: the name of the site, by the hand of whoever stops it. False where it is stopped already.

    Raises NameDiffers.
    """
    if _folded(typed) != _folded(site.name):
        raise NameDiffers
    running = (site_table.c.id == site.id) & site_table.c.stopped_ms.is_(None)
    return connection.execute(update(site_table).where(running).values(stopped_ms=to_ms(now))).rowcount == 1


def start(connection: Connection, site_id: int) -> bool:
    """False where it is running already."""
    stopped = (site_table.c.id == site_id) & site_table.c.stopped_ms.is_not(None)
    return connection.execute(update(site_table).where(stopped).values(stopped_ms=None)).rowcount == 1


def _folded(name: str) -> str:
    """Japanese input methods leave full-width letters and spaces behind, which nobody sees."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def check(site: Site, now: datetime, *, grants: bool) -> None:
    """May a decision still be recorded? Refusing and withdrawing always may. Raises SiteStopped."""
    if grants and site.stopped_ms is not None and now > from_ms(site.stopped_ms) + GRACE:
        raise SiteStopped
