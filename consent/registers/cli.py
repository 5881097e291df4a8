"""`consent register …`: the two registers of the law of Japan, on the command line."""

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consent import clock, sites
from consent.db import db, transact
from consent.registers.export import as_csv
from consent.registers.kinds import KINDS, Kind

_site = click.option("--site", "site_key", required=True, metavar="KEY", help="Public key of the site.")


# The list has no room for texts.
_SHOWN = {
    "transfers": ("service_id", "recipient", "country", "checked_on", "due_on"),
    "confirmations": ("service_id", "recipient", "confirmed_on", "provided_until"),
}
_ABOUT = {
    "transfers": "Transfers to third parties abroad, and when each was checked (APPI, Article 28).",
    "confirmations": "Confirmations that a recipient has the person's consent (APPI, Article 31).",
}


@click.group()
def register() -> None:
    """Registers that the law of Japan asks for. Entries are never changed: a correction is a new one."""


def _group(kind: Kind) -> click.Group:
    return click.Group(kind.name, commands=[_list(kind), _add(kind), _export(kind)], help=_ABOUT[kind.name])


def _list(kind: Kind) -> click.Command:
    @click.command("list", help="Every entry, the newest first.")
    @_site
    def show(site_key: str) -> None:
        table = Table("entry", *_SHOWN[kind.name], "corrects")
        for each in _read(kind, site_key):
            cells = (each.id, *(getattr(each, name) for name in _SHOWN[kind.name]), each.corrects_id)
            table.add_row(*(escape(str("–" if cell is None else cell)) for cell in cells))
        if table.row_count:
            Console().print(table)
        else:
            click.echo(f"The register is empty: consent register {kind.name} add --site {site_key} --help")

    return show


def _add(kind: Kind) -> click.Command:
    def act(site_key: str, corrects: int | None, **given: str | None) -> None:
        made = transact(
            lambda connection: kind.add(
                connection,
                sites.find(connection, site_key).id,
                {"service_id": given.pop("service"), **given},
                user=None,
                now=clock.now(),
                corrects=corrects,
            )
        )
        click.echo(f"Added as entry {made.id}: {made.sha256}")

    typed = [name for name in kind.fields if name != "service_id"]
    parameters: list[click.Parameter] = [
        click.Option(["--site", "site_key"], required=True, metavar="KEY"),
        click.Option(["--service"], required=True, help="As the policy calls it."),
        *(click.Option([_option(name)], type=_kind(kind, name)) for name in typed),
        click.Option(["--corrects"], type=int, metavar="ENTRY", help="The entry that this one takes the place of."),
    ]
    return click.Command("add", callback=act, params=parameters, help="Add an entry; --corrects names an older one.")


def _option(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def _kind(kind: Kind, field: str) -> Any:
    return click.Choice(list(kind.choices[field])) if field in kind.choices else str


def _export(kind: Kind) -> click.Command:
    @click.command("export", help="Every entry as CSV.")
    @_site
    def show(site_key: str) -> None:
        click.echo(as_csv(_read(kind, site_key), kind.exported), nl=False)

    return show


def _read(kind: Kind, site_key: str) -> list[Any]:
    with db.engine.connect() as connection:
        return kind.of_site(connection, sites.find(connection, site_key).id)


for _each in KINDS.values():
    register.add_command(_group(_each))
