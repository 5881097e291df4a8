"""The `consent` command: one group, each room's commands hung in."""

import os
import shutil
import sys
from contextlib import nullcontext
from typing import Any

import click
from flask import has_app_context

from consent import config, db, schema, scrub
from consent.accounts.cli import user
from consent.audit.cli import audit, verify
from consent.banner import build
from consent.catalogue.cli import catalogue
from consent.demo import demo
from consent.errors import ConsentError
from consent.factory import create_app
from consent.ledger.cli import ledger
from consent.notices.cli import notice
from consent.ops.doctor import doctor
from consent.policies.cli import policy
from consent.policies.law_cli import explain, law
from consent.registers.cli import register
from consent.retention.cli import retention
from consent.seed import seed
from consent.sites.cli import site
from consent.sites.grant_cli import grant
from consent.sites.token_cli import token
from consent.supervisor import Supervisor
from consent.visitors.cli import visitors
from consent.worker import worker


class ConsentGroup(click.Group):
    """Runs every command inside the application and says typed errors in plain words, with exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except config.ConfigError as error:
            lines = "\n  ".join(error.problems)
            raise click.ClickException(
                f"The settings are not complete:\n  {lines}\n`consent config` explains each."
            ) from error
        except ConsentError as error:
            raise click.ClickException(f"{error.detail} [{error.code}]") from error
        except build.BannerNotBuilt as error:
            raise click.ClickException(f"{error}. Run: make banner") from error


NEED_NO_SETTINGS = ("check", "init")  # of `policy`: they look at a file and nothing else, so that CI can run them


def in_app(group: click.Command) -> click.Command:
    """Gives a command, or each command of a group, an application context."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            if name not in NEED_NO_SETTINGS:
                in_app(command)
        return group
    callback = group.callback

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        # A command that is called from inside an application (the demo, a test) stays in it.
        with nullcontext() if has_app_context() else create_app().app_context():
            return callback(*args, **kwargs) if callback else None

    group.callback = wrapped
    return group


@click.group(cls=ConsentGroup)
@click.version_option(package_name="consent")
def main() -> None:
    """Consent: records what visitors decided, and loads tags only where they agreed."""


@main.command("config")
def print_config() -> None:
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


@main.command()
@click.option("--bind", help="Address and port; default CONSENT_BIND.")
def serve(bind: str | None) -> None:
    """Serve with gunicorn (one process with threads on SQLite, several on PostgreSQL), and a worker beside it."""
    settings = config.load()
    if settings.metrics:
        _share_metrics(settings)
    web = [sys.executable, "-m", "gunicorn", *gunicorn_arguments(settings, bind), "app:app"]
    sys.exit(Supervisor(web, [sys.executable, "-m", "consent", "worker"]).run())


def _share_metrics(settings: config.Config) -> None:
    """Several processes count into one folder, wiped at the start: /metrics then answers for all of them."""
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def gunicorn_arguments(settings: config.Config, bind: str | None) -> list[str]:
    # SQLite: exactly one process writes, so that its group commit sees every unit of work (docs/adr/0002).
    workers = 1 if settings.on_sqlite else settings.workers or min(4, 2 * (os.cpu_count() or 1))
    return [
        *("--config", str(config.ROOT / "deploy" / "gunicorn.conf.py")),
        *("--bind", bind or settings.bind),
        *("--workers", str(workers)),
        *("--threads", str(settings.threads)),
        *("--chdir", str(config.ROOT)),
    ]


user.add_command(grant)
main.add_command(demo)
in_app(explain)
main.add_command(law)  # the packs themselves need no settings
main.add_command(verify)  # needs neither settings nor a database
main.add_command(catalogue)  # nor this
for _group in (
    database,
    site,
    user,
    token,
    policy,
    notice,
    register,
    audit,
    ledger,
    visitors,
    retention,
    seed,
    doctor,
    worker,
):
    main.add_command(in_app(_group))
