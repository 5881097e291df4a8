"""The `token` commands: they live here because accounts knows a site by its id only."""

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from consent import clock, sites
from consent.accounts import tokens
from consent.db import db, transact


@click.group()
def token() -> None:
    """API tokens for auditors and for a site's own server."""


@token.command()
@click.option("--role", type=click.Choice(tokens.ROLES), required=True)
@click.option("--site", "site_key", required=True)
@click.option("--label", default="", help="Whose token this is.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, tokens.LONGEST_LIFE))
def create(role: str, site_key: str, label: str, days: int) -> None:
    """Create a token and show it once."""

    def unit(connection: Connection) -> str:
        site_id = sites.find(connection, site_key).id
        return tokens.create(connection, role=role, site_id=site_id, label=label, days=days, now=clock.now())

    click.echo(transact(unit))
    click.echo("Keep it now: only its hash is stored.", err=True)


@token.command("list")
@click.option("--site", "site_key", required=True)
def list_tokens(site_key: str) -> None:
    """The tokens of a site; never the tokens themselves."""
    table = Table("id", "role", "label", "created", "expires", "revoked")
    with db.engine.connect() as connection:
        for each in tokens.of_site(connection, sites.find(connection, site_key).id):
            revoked = clock.wire(each.revoked_ms) if each.revoked_ms else "–"
            table.add_row(
                str(each.id), each.role, each.label, clock.wire(each.created_ms), clock.wire(each.expires_ms), revoked
            )
    Console().print(table)


@token.command()
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """Revoke a token at once."""
    if not transact(lambda connection: tokens.revoke(connection, token_id, clock.now())):
        raise click.ClickException(f"There is no valid token with the id {token_id}.")
    click.echo("Revoked.")
