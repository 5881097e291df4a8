"""`consent law …`: the packs that there are, and what applies to a visitor of a site, and why. It is no legal advice."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from consent import clock, sites
from consent.db import db
from consent.law.packs import IN_FORCE, packs
from consent.law.region import is_code
from consent.policies import law_explaining, publish
from consent.policies.law_words import LANGUAGES, LawWords

_as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_language = click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)


@click.group()
def law() -> None:
    """Law packs: dated rules with their sources. Nothing here is legal advice."""


@law.command("list")
@_language
@_as_json
def list_packs(language: str, as_json: bool) -> None:
    """List the packs."""
    if as_json:
        _print_json([asdict(each) for each in packs().values()])
        return
    said = LawWords(language)
    table = Table()
    for column in said.words["columns"]:
        table.add_column(column, overflow="fold")  # Japanese has no spaces to break at
    for pack in packs().values():
        holding, others = pack.at(_today()), [each for each in pack.versions if each.status != IN_FORCE]
        since, coming = (
            said.since(holding.in_force_from) if holding else "–",
            [said.words["status"][o.status] for o in others],
        )
        table.add_row(pack.id, pack.name[language], _short(pack.regions), since, "\n".join(coming))
    Console().print(table)


@law.command()
@click.argument("name", metavar="PACK")
@_language
@_as_json
def show(name: str, language: str, as_json: bool) -> None:
    """Print every version of a PACK, with its sources."""
    if name not in packs():
        raise click.ClickException(f"There is no law pack {name!r}: use {', '.join(packs())}")
    if as_json:
        _print_json(asdict(packs()[name]))
        return
    _print(LawWords(language).pack(packs()[name]))


@law.command()
@click.option("--site", "site_key", required=True, metavar="KEY")
@click.option("--region", metavar="CODE", help="ISO 3166: JP, US-CA. Left out: the region is unknown.")
@click.option("--at", "moment", type=click.DateTime(["%Y-%m-%d"]), help="The law of another day, for the site's packs.")
@_language
@_as_json
def explain(site_key: str, region: str | None, moment: datetime | None, language: str, as_json: bool) -> None:
    """Say which pack applies to a visitor of a site, why, and what it lets load before a decision."""
    if region and not is_code(region):
        raise click.ClickException(f"{region!r} is no region such as JP or US-CA.")
    day, document = moment.date() if moment else _today(), _published(site_key)
    made = law_explaining.published(document, day)
    today = law_explaining.on(made, day)
    found = law_explaining.explanation(document, today if moment else made, region, day)
    if as_json:
        _print_json({"site": site_key, **found, "outdated": made != today})
        return
    said = LawWords(language)
    _print(said.explanation(site_key, found))
    if made != today and not moment:
        click.echo(f"\n{said.words['outdated']}")


def _today() -> date:
    return clock.now().date()


def _published(site_key: str) -> Any:
    with db.engine.connect() as connection:
        last = publish.current(connection, sites.find(connection, site_key).id)
        if last is None:
            raise click.ClickException(
                f"Nothing is published yet: consent policy publish --site {site_key} policy.yaml"
            )
        return orjson.loads(publish.by_version(connection, last.policy_version))


def _short(regions: Iterable[str]) -> str:
    text = " ".join(regions)
    return text if len(text) <= 40 else f"{text[:36]} …"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
