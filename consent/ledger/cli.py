"""`consent ledger`: how the log stands, whether it is what its bytes say, and what to do when it cannot go on."""

import sys

import click
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import Connection

from consent import clock
from consent.db import db, snapshot, transact
from consent.errors import ConsentError
from consent.ledger import epochs, fsck, keys, logs, publisher, rotation, sequencer
from consent.ledger.ledger import ledger as parts
from consent.merkle.promise import key_name


@click.group()
def ledger() -> None:
    """The verifiable log."""


@ledger.command()
def status() -> None:
    """Every log: its size, what waits, the last checkpoint, and the keys to pin."""
    table = Table(Column("log", overflow="fold"), "entries", "waiting", "oldest", "last checkpoint", "state")
    with db.engine.connect() as connection:
        every = logs.everyone(connection)
        refused = {log.origin: parts().publisher.refusal(connection, log, clock.now()) for log in every}
        for log in every:
            table.add_row(*_row(connection, log, refused[log.origin]))
        public = [key for log in every for key in _public_keys(connection, log)]
    if not every:
        click.echo("There is no log yet: each site gets one when it is created.")
        return
    Console().print(table)
    click.echo("\n".join(public))
    for error in filter(None, refused.values()):
        click.echo(f"Nothing is published: {error.detail}")


def _row(connection: Connection, log: logs.Log, refused: ConsentError | None) -> tuple[str, ...]:
    oldest = sequencer.oldest_pending_ms(connection, log.site_id)
    last = publisher.newest(connection, log.log_id)
    return (
        log.origin,
        f"{log.size:,}",
        f"{sequencer.count_pending(connection, log.site_id):,}",
        "–" if oldest is None else f"{(clock.to_ms(clock.now()) - oldest) / 1000:.0f} s",
        "–" if last is None else f"{last.size:,} · {clock.wire(last.signed_ms)}",
        refused.code if refused else log.state,
    )


def _public_keys(connection: Connection, log: logs.Log) -> list[str]:
    names = (log.origin, key_name(logs.base_of(log.origin, log.epoch)))
    return [row.vkey for name in names for row in keys.public_keys(connection, name) if row.retired_ms is None]


@ledger.command("fsck")
@click.option("--log", "origin", help="One log by its origin; all, if left out.")
def check(origin: str | None) -> None:
    """Recompute every leaf, tile, root and signature. Exit code 1 where something is wrong."""
    damaged = False
    with snapshot() as connection:
        found = [log for log in logs.every_epoch(connection) if origin in (None, log.origin)]
        for log in found:
            problems = list(fsck.examine(connection, log))
            damaged = damaged or bool(problems)
            click.echo(f"{'✗' if problems else '✓'} {log.origin}: {log.size:,} entries")
            for each in problems:
                click.echo(f"  {each.place} {each.problem}")
    if not found:
        raise click.ClickException("There is no such log.")
    sys.exit(1 if damaged else 0)


@ledger.command("new-epoch")
@click.option("--log", "origin", required=True, help="The origin of the log that cannot go on.")
@click.option("--reason", required=True, help="Goes into the new log as its first entry, for every auditor to read.")
def new_epoch(origin: str, reason: str) -> None:
    """Freeze a log that cannot go on, and open the next one, which says why."""

    guard = parts().guard

    def unit(connection: Connection) -> logs.Log:
        log = logs.by_origin(connection, origin)
        return epochs.new_epoch(connection, log.site_id, guard, reason=reason, now=clock.now())

    opened = transact(unit)
    click.echo(f"{origin} is frozen. Its successor: {opened.origin}")


@ledger.command("rotate-key")
@click.option("--log", "origin", required=True, help="The origin of the log.")
def rotate_key(origin: str) -> None:
    """Make new signing keys from the first of CONSENT_SECRET_KEYS. Tell your auditors the new public keys."""

    keyring = parts().keyring

    def unit(connection: Connection) -> dict[str, str]:
        log = logs.by_origin(connection, origin)
        return rotation.rotate(connection, keyring, log.site_id, clock.now())

    for vkey in transact(unit).values():
        click.echo(vkey)
