"""`consent verify`. Apart from the room's other commands: it needs nothing of the platform but the verifier."""

import sys

import click

from consent.audit.verify import command


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Verify a bundle, offline. `consent verify --help` lists its options."""
    sys.exit(command.main(arguments, program="consent verify"))
