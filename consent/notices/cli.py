"""`consent notice …`: the site's own privacy policy as text: register, compare, check against the policy."""

from typing import TextIO

import click
import orjson
from rich.console import Console
from rich.table import Table

from consent import clock, sites
from consent.db import db, transact
from consent.notices import comparing, consistency, register
from consent.policies import publish
from consent.policies.cli import print_findings
from consent.policies.findings import Finding

_site = click.option("--site", "site_key", required=True, metavar="KEY", help="Public key of the site.")
_language = click.option("--language", default="ja", show_default=True)


@click.group()
def notice() -> None:
    """Privacy notices: the site's own privacy policy as versioned text."""


@notice.command()
@_site
@click.option("--version", required=True, help="As privacy_policy.version of the policy names it.")
@click.option(
    "--effective", "effective_on", required=True, metavar="YYYY-MM-DD", help="The day from which it is in force."
)
@_language
@click.argument("file", type=click.File("r", encoding="utf-8"))
def add(site_key: str, version: str, effective_on: str, language: str, file: TextIO) -> None:
    """Register FILE. A text never changes: a correction is a new version."""
    given = {"version": version, "language": language, "effective_on": effective_on, "text": file.read()}
    made = transact(
        lambda connection: register.add(
            connection, sites.find(connection, site_key).id, **given, user=None, now=clock.now()
        )
    )
    click.echo(
        f"Registered as version {made.version} ({made.language}), in force from {made.effective_on}: {made.sha256}"
    )


@notice.command("list")
@_site
def list_notices(site_key: str) -> None:
    """Every text of a site, the newest first."""
    with db.engine.connect() as connection:
        found = register.of_site(connection, sites.find(connection, site_key).id)
    table = Table("version", "language", "in force from", "SHA-256")
    for each in found:
        table.add_row(each.version, each.language, each.effective_on, each.sha256)
    if table.row_count:
        Console().print(table)
    else:
        click.echo(f"No text is registered yet: consent notice add --site {site_key} --version … --effective … FILE")


@notice.command()
@_site
@_language
@click.argument("version")
def show(site_key: str, language: str, version: str) -> None:
    """Print a text, byte for byte."""
    click.echo(_text(site_key, version, language), nl=False)


@notice.command()
@_site
@_language
@click.argument("old")
@click.argument("new")
def diff(site_key: str, language: str, old: str, new: str) -> None:
    """What changed between two versions."""
    marks = {"same": "  ", "added": "+ ", "removed": "- ", "gap": "⋮"}
    for line in comparing.lines(_text(site_key, old, language), _text(site_key, new, language)):
        click.echo(f"{marks[line.kind]}{line.text}")


@notice.command()
@_site
@_language
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.argument("file", type=click.File("r", encoding="utf-8"), required=False)
def check(site_key: str, language: str, form: str, file: TextIO | None) -> None:
    """Compare FILE, or the text that is in force today, with the published policy, both ways."""
    print_findings(_findings(site_key, language, file.read() if file else None), form)


def _findings(site_key: str, language: str, text: str | None) -> list[Finding]:
    with db.engine.connect() as connection:
        site = sites.find(connection, site_key)
        last = publish.current(connection, site.id)
        if last is None:
            raise click.ClickException(
                f"Nothing is published yet: consent policy publish --site {site_key} policy.yaml"
            )
        document = orjson.loads(publish.by_version(connection, last.policy_version))
        if text is None:
            found = register.in_force(connection, site.id, language, clock.day_in_japan(clock.now()))
            if found is None:
                raise register.NoticeUnknown("in force today")
            text = found.text
    return consistency.as_findings(consistency.check(text, document))


def _text(site_key: str, version: str, language: str) -> str:
    with db.engine.connect() as connection:
        return register.read(connection, sites.find(connection, site_key).id, version, language).text
