"""`consent catalogue …`: what the platform knows of services, and which of them a page carries. Needs no settings."""

from dataclasses import asdict
from typing import TextIO

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consent.catalogue import confidence
from consent.catalogue.presets import CATEGORIES, Preset, presets
from consent.catalogue.propose import Proposal, propose
from consent.catalogue.vendors import vendors

_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group()
def catalogue() -> None:
    """The catalogue of services."""


@catalogue.command("list")
@click.option("--category", type=click.Choice(CATEGORIES), help="Only of this category.")
def list_presets(category: str | None) -> None:
    """List the presets: id, name, vendor, category, and how many of the facts the vendor's own text bears out."""
    table = Table("id", "name", "vendor", "country", "category", "verified")
    for preset in presets().values():
        if category in (None, preset.category):
            vendor, country = _vendor(preset.vendor)
            name, how_sure = escape(preset.name or ""), _verified(preset)
            table.add_row(preset.id, name, escape(vendor), country, preset.category, how_sure)
    Console(width=None if Console().is_terminal else 160).print(table)


def _verified(preset: Preset) -> str:
    facts = confidence.facts(preset)
    return f"{confidence.verified(facts)} of {len(facts)}" if facts else ""


def _vendor(vendor_id: str | None) -> tuple[str, str]:
    """English name, country."""
    vendor = vendors().get(vendor_id or "")
    if vendor is None:
        return "", ""
    return vendor.name if isinstance(vendor.name, str) else vendor.name["en"], vendor.country


@catalogue.command()
@click.argument("preset_id", metavar="PRESET")
def show(preset_id: str) -> None:
    """Print what is known of a PRESET, with the confidence of each fact, as JSON. `not_verified` is what to check."""
    preset = presets().get(preset_id)
    if preset is None:
        raise click.ClickException(f"There is no preset {preset_id!r}. `consent catalogue list` names them.")
    facts = {each.name: each.confidence for each in confidence.facts(preset)}
    not_verified = {name: how_sure for name, how_sure in facts.items() if how_sure != confidence.VERIFIED}
    _print_json({**asdict(preset), "not_verified": not_verified})


@catalogue.command()
def table() -> None:
    """Print the presets as the table of docs/reference/presets.md."""
    click.echo(as_markdown())


def as_markdown() -> str:
    lines = ["| id | name | vendor | category | loaded by | cookies | verified |", "|---|---|---|---|---|---|---|"]
    for preset in presets().values():
        vendor, country = _vendor(preset.vendor)
        loads = "the page" if not preset.load else "the banner script"
        of_storage = confidence.of_storage(preset)
        cells = (
            f"`{preset.id}`",
            preset.name or "",
            f"{vendor} ({country})" if vendor else "",
            preset.category or "",
            "nothing" if preset.no_tag else loads,
            "not known" if of_storage == confidence.UNKNOWN else of_storage,
            _verified(preset),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


@catalogue.command("propose")
@click.argument("page", type=click.File("r", encoding="utf-8", errors="replace"))
@_format
def propose_services(page: TextIO, form: str) -> None:
    """Say which presets the HTML of PAGE (a file, or - for standard input) carries, and where."""
    found = propose(page.read())
    if form == "json":
        _print_json([asdict(each) | {"held_back": each.held_back} for each in found])
        return
    for each in found:
        _print(each)
    if not found:
        click.echo("Nothing of the catalogue is on this page. What a script loads later cannot be seen in its HTML.")


def _print(proposal: Proposal) -> None:
    values = "".join(f" {name}={value}" for name, value in proposal.parameters.items())
    held_back = " (held back already)" if proposal.held_back else ""
    click.echo(f"{proposal.preset}{values}{held_back}")
    for trace in proposal.traces:
        click.echo(f"  line {trace.line}, {trace.kind}: {trace.excerpt}")


def _print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
