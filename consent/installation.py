"""Commands for whoever installs the platform: its settings, its database."""

import click

from consent import config, db, schema, scrub
from consent.banner import build


@click.command("config")
def settings() -> None:
    """Print the settings table."""
    click.echo(config.as_markdown())


@click.group("db")
def database() -> None:
    """The database schema."""


@database.command()
def upgrade() -> None:
    """Bring the database to the schema of this program, and keep a copy of its banner build."""
    schema.upgrade()
    db.transact(build.keep)
    click.echo("The database is up to date.")


@database.command("scrub")
def rewrite() -> None:
    """Write the tables anew, so that nothing erased is left in their files. Writers wait; on PostgreSQL readers, too."""
    scrub.rewrite(db.metadata.sorted_tables)
    click.echo("Everything was written anew.")
