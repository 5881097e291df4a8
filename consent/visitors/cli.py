"""`consent visitors`: what the operator does when somebody writes instead of using the settings page."""

from typing import Any

import click
from sqlalchemy import Connection

from consent import clock, scrub, sites
from consent.clock import wire
from consent.db import transact
from consent.visitors import erase, requests
from consent.visitors.jobs import hours


@click.group()
def visitors() -> None:
    """What is kept about the visitors of a site."""


@visitors.command("erase")
@click.option("--site", "site_key", required=True, help="The site's key.")
@click.option("--visitor", "visitor_id", required=True, help="The visitor id, as receipts and the export name it.")
@click.option(
    "--now", "at_once", is_flag=True, help="Do not wait for others. The log then shows which entries belong together."
)
@click.option("--both-halves", is_flag=True, help="Also what was decided, not only who.")
@click.option("--reason", type=click.Choice(requests.REASONS), default=requests.REASON, help="Goes into the log.")
@click.option("--by", help="Who erases; with --now it goes into the log.")
def erase_visitor(
    site_key: str, visitor_id: str, at_once: bool, both_halves: bool, reason: str, by: str | None
) -> None:
    """Erase what is recorded about a visitor until now, with the next batch."""

    every = hours()

    def ask(connection: Connection) -> tuple[int, requests.Asked]:
        site = sites.find(connection, site_key)
        about: Any = {"both_halves": both_halves, "reason": reason, "user": None}
        asked = requests.order(connection, site.id, visitor_id, hours=every, now=clock.now(), **about)
        return site.id, asked

    site_id, asked = transact(ask)
    if asked.id is None:
        click.echo("Nothing is kept about this visitor.")
    elif at_once:
        click.echo(_at_once(site_id, asked.id, by))
    elif asked.due_ms is None:
        click.echo("The site is under a legal hold. The request waits until the hold is lifted.")
    else:
        click.echo(f"Will be erased by {wire(asked.due_ms)}.")


def _at_once(site_id: int, request_id: int, by: str | None) -> str:
    outcome = transact(erase.unit(site_id, now=clock.now(), only=request_id, by=by))
    if not outcome.done:
        return "No signed checkpoint covers the newest records yet. The request waits for the next batch."
    scrub.scrub(erase.TABLES)
    return "Erased."
