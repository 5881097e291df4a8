import click
from flask import current_app
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from consent import clock
from consent.accounts import links, users
from consent.config import Config
from consent.db import db, transact


class AccountsThere(click.ClickException):
    def __init__(self) -> None:
        super().__init__(
            "There are accounts already. Owners invite people in the web UI; `consent user reset-link EMAIL` gives "
            "somebody who is locked out a link for a new password."
        )


def _address(token: str) -> str:
    config: Config = current_app.extensions["consent.config"]
    return links.address(token, config.public_url)


def setup_link() -> str | None:
    """The address for making the first account; None where there is one."""

    def unit(connection: Connection) -> str | None:
        if not users.nobody_yet(connection):
            return None
        return links.create(connection, purpose=links.SETUP, now=clock.now())

    token = transact(unit)
    return _address(token) if token else None


@click.group()
def user() -> None:
    """People who sign in to the web UI."""


@user.command("setup-link")
def print_setup_link() -> None:
    """Print the link for the first account. It works once, for a day."""
    address = setup_link()
    if address is None:
        raise AccountsThere
    click.echo(address)


@user.command("reset-link")
@click.argument("email")
def print_reset_link(email: str) -> None:
    """Print a link for a new password. It works once, for two hours; a second factor stays on."""

    def unit(connection: Connection) -> str:
        found = users.by_email(connection, email)
        return links.create(connection, purpose=links.RESET, email=found.email, now=clock.now())

    click.echo(_address(transact(unit)))


@user.command("list")
def list_users() -> None:
    """Everybody who has an account."""
    table = Table("e-mail", "name", "second factor", "may create sites")
    with db.engine.connect() as connection:
        for each in users.everyone(connection):
            second, creates = ("yes" if flag else "–" for flag in (each.has_second_factor, each.may_create_sites))
            table.add_row(each.email, each.name, second, creates)
    if table.row_count:
        Console().print(table)
    else:
        click.echo("Nobody yet. `consent user setup-link` prints the link for the first account.")
