"""`consent user grant`: it lives here because accounts knows a site by its id only."""

from datetime import datetime

import click
from sqlalchemy import Connection

from consent import clock, sites
from consent.accounts import membership, roles, users
from consent.accounts.cli import user
from consent.db import transact


@user.command()
@click.argument("email")
@click.option("--site", "site_key", required=True)
@click.option("--role", type=click.Choice(roles.ROLES), required=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The role ends with this day (UTC).")
def grant(email: str, site_key: str, role: str, until: datetime | None) -> None:
    """Give somebody who has an account a role on a site, or change it."""
    expires_ms = clock.end_of_day(until.date(), "UTC") if until else None

    def unit(connection: Connection) -> str:
        person, site_id = users.by_email(connection, email), sites.find(connection, site_key).id
        membership.grant(connection, person, site_id=site_id, role=role, expires_ms=expires_ms, now=clock.now())
        return person.email

    click.echo(f"{transact(unit)} is now {role} of {site_key}.")
