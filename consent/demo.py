"""`consent demo`: everything of `make run`: secrets, database, demo policy, the platform, and a marketing site beside it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from sqlalchemy import Connection

from consent import clock, config, db, schema, sites
from consent.accounts.cli import setup_link
from consent.banner import build
from consent.factory import create_app
from consent.policies import publish
from consent.policies.document import Source, read

SITE_KEY = "demo"
START_S = 30


def _prepare_environment(platform: str, data: Path) -> None:
    """Settings of the demo. Secrets are made once, into the data folder; they are never defaults of the program."""
    data.mkdir(parents=True, exist_ok=True)
    secret_file = data / "secret_keys"
    if not secret_file.exists():
        secret_file.touch(mode=0o600)
        secret_file.write_text(secrets.token_hex(32))
    os.environ.setdefault("CONSENT_DATA_DIR", str(data))
    os.environ.setdefault("CONSENT_SECRET_KEYS_FILE", str(secret_file))
    os.environ.setdefault("CONSENT_PUBLIC_URL", platform)
    os.environ.setdefault("CONSENT_LOG_FORMAT", "console")
    os.environ.setdefault("CONSENT_LOG_LEVEL", "warning")


def _policy(site: str) -> Source:
    """The demo's policy, with the links to its pages leading to where the site is this time."""
    text = (config.ROOT / "demo" / "policy.yaml").read_bytes()
    return read(text.replace(b"http://localhost:8001/", f"{site}/".encode()))


def _prepare_site(connection: Connection, origins: list[str], policy: Source) -> None:
    try:
        site = sites.set_origins(connection, sites.find(connection, SITE_KEY), origins)
    except sites.SiteUnknown:
        site = sites.create(connection, name="Demo", origins=origins, key=SITE_KEY, now=clock.now())
    publish.publish(connection, site.id, policy, now=clock.now(), published_by="demo")


def _prepare_database(origins: list[str]) -> str | None:
    """Returns the address for making the first account; None where there is one."""
    app = create_app()
    with app.app_context():
        schema.upgrade()
        db.transact(build.keep)
        policy = _policy(origins[0])
        db.transact(lambda connection: _prepare_site(connection, origins, policy))
        setup = setup_link()
        db.db.engine.dispose()
    return setup


def _start(platform_port: int, site_port: int, platform: str) -> list[subprocess.Popen[bytes]]:
    serve = [sys.executable, "-m", "consent", "serve", "--bind", f"127.0.0.1:{platform_port}"]
    site = [
        *(
            sys.executable,
            "-m",
            "gunicorn",
            "--threads",
            "8",
            "--bind",
            f"127.0.0.1:{site_port}",
            "--log-level",
            "warning",
        ),
        *("--config", str(config.ROOT / "deploy" / "gunicorn.conf.py"), "--chdir", str(config.ROOT)),
        f"demo.site:create_site('{platform}', '{SITE_KEY}')",
    ]
    environment = {**os.environ, "GUNICORN_CMD_ARGS": "--log-level warning"}
    # A session of its own: Ctrl-C in the terminal reaches us alone, and we stop both in order.
    return [subprocess.Popen(command, env=environment, start_new_session=True) for command in (serve, site)]  # noqa: S603


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 10):
        if process.poll() is not None:
            raise click.ClickException(f"What should answer at {url} has stopped; its message is above.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:  # not there yet, or too busy starting to answer in time
            time.sleep(0.1)
    raise click.ClickException(f"Nothing answers at {url} after {START_S} seconds.")


def _end_orderly() -> None:
    """However the demo is told to stop, it leaves no server behind."""

    def end(*_: object) -> None:
        click.echo("\nStopping.")
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _check_free(*ports: int) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                hint = "`consent demo --port … --site-port …` takes others."
                raise click.ClickException(f"Port {port} is in use. {hint}") from None


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=30)


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--site-port", default=8001, show_default=True)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=config.ROOT / "data", help="Data folder."
)
def demo(port: int, site_port: int, data: Path) -> None:
    """Start the platform and a demo marketing site on another origin. Ctrl-C stops both; the data stays."""
    _end_orderly()
    _check_free(port, site_port)
    platform, site = f"http://127.0.0.1:{port}", f"http://localhost:{site_port}"
    _prepare_environment(platform, data)
    setup = _prepare_database([site, f"http://127.0.0.1:{site_port}"])
    processes = _start(port, site_port, platform)
    try:
        _wait_until_ready(f"{platform}/readyz", processes[0])
        _wait_until_ready(site, processes[1])
        _announce(platform, site, setup)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    finally:
        _stop(processes)


def _announce(platform: str, site: str, setup: str | None) -> None:
    lines = (
        f"Marketing site   [bold]{site}/[/]          Japanese",
        f"                 [bold]{site}/en/[/]       English",
        f"Web UI           {platform}/admin/",
        f"Platform         {platform}/readyz",
        f"Settings page    {platform}/settings/{SITE_KEY}   without JavaScript",
        f"API              {platform}/api/v1/openapi.json",
        "",
        "The log          [dim]make log[/]",
        "Ctrl-C stops everything; the data stays.",
    )
    Console().print(Panel("\n".join(lines), title="Consent", expand=False))
    if setup:  # not in the panel, whose border would break it: it is to be copied
        click.echo(f"The first account of the web UI (this link works once):\n{setup}")
