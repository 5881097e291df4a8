"""`consent law …`: the packs that there are, and what applies to a visitor of a site, and why. It is no legal advice."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from consent import clock, sites
from consent.db import db
from consent.law import choosing
from consent.law.packs import Version, packs
from consent.law.region import is_code
from consent.policies import law_explaining, publish

WHY = {
    choosing.ONLY: "it is the only pack of the site",
    choosing.REGION: "it names the region",
    choosing.DEFAULT: "no pack of the site names the region, and this is the site's default",
    choosing.UNLISTED: "no pack of the site names the region, and the site has no default",
    choosing.AMBIGUOUS: "a pack of the site names a part of this country",
    choosing.UNKNOWN: "the region is unknown",
}
MODEL = {
    "opt_in": "nothing before a consent",
    "exempt_with_opt_out": "without consent where the exception fits, until refused",
    "opt_out": "until refused",
    "notice": "with a notice, until refused",
}
SIGNAL = {"off": "the browser's signal (GPC) turns it off", "ignored": "the browser's signal (GPC) changes nothing"}
BASIS = {"law": "the law", "platform": "the platform, not the law", None: "no version in force is known"}
_as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def law() -> None:
    """Law packs: dated rules with their sources. Nothing here is legal advice."""


@law.command("list")
@_as_json
def list_packs(as_json: bool) -> None:
    """List the packs."""
    if as_json:
        _print_json([asdict(each) for each in packs().values()])
        return
    table = Table("pack", "name", "regions", "in force", "not in force")
    for pack in packs().values():
        holding, others = pack.at(_today()), [each for each in pack.versions if each.status != "in_force"]
        since = _since(holding.in_force_from) if holding else "no"
        table.add_row(pack.id, pack.name["en"], _short(pack.regions), since, "\n".join(each.status for each in others))
    Console().print(table)


@law.command()
@click.argument("name", metavar="PACK")
@_as_json
def show(name: str, as_json: bool) -> None:
    """Print every version of a PACK, with its sources."""
    if name not in packs():
        raise click.ClickException(f"There is no law pack {name!r}: use {', '.join(packs())}")
    pack = packs()[name]
    if as_json:
        _print_json(asdict(pack))
        return
    click.echo(f"{pack.id}: {pack.name['en']}\n{pack.summary['en']}\nRegions: {', '.join(pack.regions) or 'none'}")
    for version in pack.versions:
        click.echo(f"\n{version.status}, {_since(version.in_force_from)}")
        _print_version(version)


@law.command()
@click.option("--site", "site_key", required=True, metavar="KEY")
@click.option("--region", metavar="CODE", help="ISO 3166: JP, US-CA. Left out: the region is unknown.")
@click.option("--at", "moment", type=click.DateTime(["%Y-%m-%d"]), help="The law of another day, for the site's packs.")
@_as_json
def explain(site_key: str, region: str | None, moment: datetime | None, as_json: bool) -> None:
    """Say which pack applies to a visitor of a site, and why."""
    if region and not is_code(region):
        raise click.ClickException(f"{region!r} is no region such as JP or US-CA.")
    day = moment.date() if moment else _today()
    made = law_explaining.published(_published(site_key), day)
    today = law_explaining.on(made, day)
    found = law_explaining.explanation(today if moment else made, region, day)
    if as_json:
        _print_json({"site": site_key, **found, "outdated": made != today})
        return
    _print_explanation(site_key, found)
    if made != today and not moment:
        click.echo("\nThe law has changed since this policy was published. Publish it again.")


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


def _print_explanation(site_key: str, found: Mapping[str, Any]) -> None:
    where = found["region"] or "unknown region"
    click.echo(f"{site_key}, {where}, {found['day']}: {found['pack']}, because {WHY[found['why']]}.\n")
    for name, term in found["categories"].items():
        asked = "; ".join(f"{pack}: {BASIS[basis]}" for pack, basis in term["asked_by"].items())
        click.echo(f"{name}: {term['model']}. Runs {MODEL[term['model']]}; {SIGNAL[term['signal']]}. [{asked}]")
    for pack in found["packs"]:
        click.echo(f"\n{pack['id']}, {_since(pack['in_force_from'])}")
        _print_facts(pack["facts"] or [])
        for coming in pack["to_come"]:
            click.echo(f"  {coming['status']}, does not apply:")
            _print_facts(coming["facts"])


def _print_version(version: Version) -> None:
    for name, term in version.categories.items():
        click.echo(f"  {name}: {term.model}, asked by {BASIS[version.basis[name]]}; {SIGNAL[term.signal]}")
    if version.longest:
        click.echo(f"  a decision is kept for {version.longest.months} months at most")
    if version.reask:
        click.echo(f"  after a refusal nobody is asked again for {version.reask.months} months")
    if version.records_months:
        click.echo(f"  records are kept for {version.records_months} months at least")
    if version.first_layer:
        click.echo(f"  the first layer shows: {', '.join(version.first_layer)}")
    _print_facts([asdict(fact) for fact in version.facts])


def _print_facts(facts: Iterable[Mapping[str, str]]) -> None:
    for fact in facts:
        click.echo(f"  {fact['article']} [{fact['confidence']}]: {fact['says']}")


def _since(day: str | None) -> str:
    return f"since {day}" if day else "day not verified"


def _short(regions: Iterable[str]) -> str:
    text = " ".join(regions)
    return text if len(text) <= 40 else f"{text[:36]} …"


def _print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
