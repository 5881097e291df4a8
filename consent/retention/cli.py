"""`consent retention`: how long records are kept, and what a run would take."""

import click
from sqlalchemy import Connection

from consent import clock, jobs, sites
from consent.clock import wire
from consent.db import db, transact
from consent.retention import jobs as retention_jobs
from consent.retention import orders, purge

_site = click.option("--site", "site_key", required=True, help="The site's key.")


@click.group()
def retention() -> None:
    """How long records are kept."""


@retention.command()
@click.option("--site", "site_key", help="One site by its key; all, if left out.")
def show(site_key: str | None) -> None:
    """Every site: its rule, what it keeps, what is past its date, and what the last run took."""
    with db.engine.connect() as connection:
        found = [site for site in sites.everyone(connection) if site_key in (None, site.key)]
        for site in found:
            click.echo("\n  ".join([site.key, *_lines(connection, site.id)]))
    if not found:
        raise click.ClickException("There is no such site.")


def _lines(connection: Connection, site_id: int) -> list[str]:
    found = purge.report(connection, site_id, clock.now())
    default = "" if found.rule.updated_ms else " (default)"
    oldest = "" if found.oldest_ms is None else f", the oldest of {wire(found.oldest_ms)[:10]}"
    return [
        f"rule      {found.rule.keep_days:,} days after a decision has expired{default}",
        f"records   {found.records:,}{oldest}; {found.expired:,} past their date",
        f"last run  {_last_run(connection, site_id)}",
        f"hold      {f'since {wire(found.held.since_ms)[:10]}: {found.held.reason}' if found.held else 'none'}",
    ]


def _last_run(connection: Connection, site_id: int) -> str:
    ended = [job for job in jobs.of_site(connection, site_id, retention_jobs.KIND) if job.finished_ms is not None]
    if not ended:
        return "none yet"
    last = ended[0]
    outcome = f"{last.result['records']:,} records" if last.state == "done" else f"failed: {last.error}"
    return f"{wire(last.finished_ms or 0)[:10]} · {outcome}"


@retention.command("set")
@_site
@click.argument("days", type=int)
def set_days(site_key: str, days: int) -> None:
    """Keep records for DAYS after their decision has expired."""

    def unit(connection: Connection) -> None:
        site_id = sites.find(connection, site_key).id
        orders.keep(connection, site_id, days=days, user=None, now=clock.now())

    transact(unit)
    click.echo(f"Records of {site_key} are kept for {days} days after their decision has expired.")


@retention.command("hold")
@_site
@click.option("--reason", required=True, help="Why nothing may be erased; shown to whoever tries.")
def place_hold(site_key: str, reason: str) -> None:
    """Stop every erasure, the visitors' own requests included, until the hold is released."""

    def unit(connection: Connection) -> None:
        site_id = sites.find(connection, site_key).id
        orders.place_hold(connection, site_id, reason=reason, user=None, now=clock.now())

    transact(unit)
    click.echo(f"Nothing of {site_key} is erased until `consent retention release --site {site_key}`.")


@retention.command()
@_site
def release(site_key: str) -> None:
    """Lift the hold. Requests that waited are carried out with the next batch."""

    def unit(connection: Connection) -> bool:
        return orders.lift_hold(connection, sites.find(connection, site_key).id, user=None, now=clock.now())

    lifted = transact(unit)
    click.echo("The hold is lifted." if lifted else "There was no hold.")


@retention.command()
@_site
@click.option("--dry-run", is_flag=True, help="Only say what a run would take.")
def run(site_key: str, dry_run: bool) -> None:
    """Erase what is past its date now, instead of waiting for the daily run."""
    with db.engine.connect() as connection:
        site = sites.find(connection, site_key)
        found = purge.report(connection, site.id, clock.now())
    if dry_run:
        click.echo(f"{found.expired:,} of {found.records:,} records are past their date. Nothing was changed.")
        return
    records = retention_jobs.run_now(site.id, lambda _done, _total: None)
    click.echo(f"{records:,} records were erased.")
