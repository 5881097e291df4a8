"""The `consent` command: one group, each room's commands hung in by name. None is loaded before it is asked for: an auditor's
`consent verify` would otherwise spend more time on a web server that it does not need than on a hundred thousand records.
"""

from contextlib import nullcontext
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "audit": "consent.audit.cli:audit",
    "catalogue": "consent.catalogue.cli:catalogue",
    "config": "consent.installation:settings",
    "db": "consent.installation:database",
    "demo": "consent.demo:demo",
    "doctor": "consent.ops.doctor:doctor",
    "law": "consent.policies.law_cli:law",
    "ledger": "consent.ledger.cli:ledger",
    "notice": "consent.notices.cli:notice",
    "policy": "consent.policies.cli:policy",
    "register": "consent.registers.cli:register",
    "retention": "consent.retention.cli:retention",
    "seed": "consent.seed:seed",
    "serve": "consent.serve:serve",
    "site": "consent.sites.cli:site",
    "token": "consent.sites.token_cli:token",
    "user": "consent.sites.grant_cli:user",
    "verify": "consent.audit.verify_cli:verify",
    "visitors": "consent.visitors.cli:visitors",
    "worker": "consent.worker:worker",
}
# They look at files and at nothing else, so that CI and auditors can run them; or they make an application of their own.
NEED_NO_SETTINGS = frozenset(
    ("catalogue", "config", "demo", "law list", "law show", "policy check", "policy init", "serve", "verify")
)


class Commands(click.Group):
    """Runs every command inside the application and says typed errors in plain words, with exit code 1."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS and name not in self.commands:
            module, attribute = COMMANDS[name].split(":")
            self.add_command(in_app(getattr(import_module(module), attribute), name))
        return self.commands.get(name)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            told = _in_plain_words(error)
            if told is None:
                raise
            raise told from error


def _in_plain_words(error: Exception) -> click.ClickException | None:
    """None for what is none of our errors."""
    from consent.banner.build import BannerNotBuilt
    from consent.config import ConfigError
    from consent.errors import ConsentError

    if isinstance(error, ConfigError):
        lines = "\n  ".join(error.problems)
        return click.ClickException(f"The settings are not complete:\n  {lines}\n`consent config` explains each.")
    if isinstance(error, ConsentError):
        return click.ClickException(f"{error.detail} [{error.code}]")
    if isinstance(error, BannerNotBuilt):
        return click.ClickException(f"{error}. Run: make banner")
    return None


def in_app(command: click.Command, name: str) -> click.Command:
    """Gives a command, or each command of a group, an application context."""
    if name in NEED_NO_SETTINGS:
        return command
    if isinstance(command, click.Group):
        for each, under in command.commands.items():
            in_app(under, f"{name} {each}")
        return command
    callback = command.callback

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        from flask import has_app_context

        from consent.factory import create_app

        # A command that is called from inside an application (the demo, a test) stays in it.
        with nullcontext() if has_app_context() else create_app().app_context():
            return callback(*args, **kwargs) if callback else None

    command.callback = wrapped
    return command


@click.group(cls=Commands)
@click.version_option(package_name="consent")
def main() -> None:
    """Consent: records what visitors decided, and loads tags only where they agreed."""
