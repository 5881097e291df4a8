import click
from rich.console import Console
from rich.table import Table

from consent import clock, db, sites


@click.group()
def site() -> None:
    """Web properties and their origins."""


@site.command()
@click.option("--name", required=True)
@click.option("--origin", "origins", multiple=True, required=True, help="https://www.example.co.jp; repeat for more.")
@click.option("--key", help="Public key in the script's address; random if left out.")
@click.option("--cookie-domain", help="example.co.jp, if the platform runs below the site's own domain.")
def create(name: str, origins: tuple[str, ...], key: str | None, cookie_domain: str | None) -> None:
    """Create a site and print its key."""
    made = db.transact(
        lambda connection: sites.create(
            connection, name=name, origins=list(origins), key=key, cookie_domain=cookie_domain, now=clock.now()
        )
    )
    click.echo(made.key)


@site.command()
@click.argument("key")
@click.argument("origins", nargs=-1, required=True)
def origins(key: str, origins: tuple[str, ...]) -> None:
    """Replace the origins of a site."""
    changed = db.transact(lambda connection: sites.set_origins(connection, sites.find(connection, key), list(origins)))
    click.echo("\n".join(sorted(changed.origins)))


@site.command("list")
def list_sites() -> None:
    """Every site with its key and origins."""
    table = Table("key", "name", "origins", "cookie domain")
    with db.db.engine.connect() as connection:
        for each in sites.everyone(connection):
            table.add_row(each.key, each.name, "\n".join(sorted(each.origins)), each.cookie_domain or "–")
    if table.row_count:
        Console().print(table)
    else:
        click.echo("There is no site yet. Create one: consent site create --name … --origin https://…")
