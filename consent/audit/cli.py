import getpass
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from consent import clock, sites
from consent.audit import export, taken
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.audit.bundle.build import build
from consent.audit.schemas import EARLIEST, LATEST
from consent.audit.verify.manifest import FULL, MODES
from consent.db import db, transact


class Moment(click.ParamType[datetime]):
    """A date (its first moment in UTC) or an RFC 3339 time."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            found = datetime.fromisoformat(text).replace(tzinfo=UTC) if len(text) == 10 else clock.parse_wire(text)
        except (ValueError, OverflowError):
            found = None
        if found is not None and EARLIEST <= found <= LATEST:
            return found
        self.fail(f"{text!r} is neither 2026-01-31 nor 2026-01-31T09:00:00Z", param, ctx)


@click.group()
def audit() -> None:
    """What the auditor takes away."""


@audit.command("export")
@click.option("--site", "site_key", required=True)
@click.option("--since", type=Moment(), required=True, help="Included: 2026-01-31 or 2026-01-31T09:00:00Z.")
@click.option("--until", type=Moment(), help="Not included; now, if left out.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--after", help="Go on after the record with this id.")
@click.option("--bom", is_flag=True, help="Byte order mark, for Excel.")
@click.option("--reason", required=True, help="Why. Goes into the log, for every later auditor to read.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True), help="A file; standard output if left out.")
def export_log(
    site_key: str,
    since: datetime,
    until: datetime | None,
    form: str,
    after: str | None,
    bom: bool,
    reason: str,
    output: str | None,
) -> None:
    """Export the consent log of a site and a period."""
    until, reason = until or clock.now(), taken.checked(reason)
    with db.engine.connect() as connection:
        selection = export.Selection(sites.find(connection, site_key), form, since, until, after, bom)
        export.check(connection, selection)
    with _opened(output, more=after is not None) as file:
        _note(selection, reason)
        with db.engine.connect() as connection:
            chunks = export.stream(connection, selection)
            if output is None:
                file.writelines(chunks)
            else:
                click.echo(f"{_write(file, chunks)} lines in {output}", err=True)


def _opened(output: str | None, *, more: bool) -> AbstractContextManager[BinaryIO]:
    """Before the log hears of it: where nothing can be written, nothing is taken."""
    if output is None:
        return nullcontext(sys.stdout.buffer)
    try:
        return open(output, "ab" if more else "wb")
    except OSError as error:
        raise click.FileError(output, error.strerror) from None


def _note(selection: export.Selection, reason: str) -> None:
    who, now, about = getpass.getuser(), clock.now(), export.told(selection)
    transact(lambda connection: taken.note(connection, selection.site.id, who, now, reason=reason, **about))


def _write(file: BinaryIO, chunks: Iterator[bytes]) -> int:
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} lines"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("export")
        lines = 0
        for chunk in chunks:
            file.write(chunk)
            lines += chunk.count(b"\n")
            progress.update(task, completed=lines)
    return lines


@audit.command("bundle")
@click.option("--site", "site_key", required=True)
@click.option("--since", type=Moment(), required=True, help="Included: 2026-01-31 or 2026-01-31T09:00:00Z.")
@click.option("--until", type=Moment(), help="Not included; now, if left out.")
@click.option(
    "--mode", type=click.Choice(MODES), default=FULL, show_default=True, help="no-subject leaves out who decided."
)
@click.option("--reason", required=True, help="Why. Goes into the log, for every later auditor to read.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
def make_bundle(site_key: str, since: datetime, until: datetime | None, mode: str, reason: str, output: Path) -> None:
    """Write a bundle of a period: it verifies without this platform (consent verify). One for each epoch of the log."""
    until, reason = until or clock.now(), taken.checked(reason)
    with db.engine.connect() as connection:
        site = sites.find(connection, site_key)
        found = ranges.covering(connection, site.id, since, until)
    for each in found:
        path = output if len(found) == 1 else output.with_stem(f"{output.stem}-e{each.log.epoch}")
        plan = plans.of_range(
            each, site_key=site.key, since=since, until=until, mode=mode, reason=reason, by=getpass.getuser()
        )
        _make(plan, path)


def _make(plan: plans.Plan, path: Path) -> None:
    work = path.with_name(f"{path.name}.work")
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} of {task.total:,} leaves"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("bundle", total=plan.size)
        built = build(plan, path, work, lambda done, _: progress.update(task, completed=done))
    shutil.rmtree(work)
    click.echo(f"{path}: {plan.log.origin}, leaves {plan.start} to {plan.end - 1}, manifest {built.manifest}", err=True)
    if not plan.complete:
        click.echo("The newest entries of the period are not under a signed checkpoint yet and not in it.", err=True)
