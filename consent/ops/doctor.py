"""`consent doctor`: what is misconfigured, and how to mend it."""

import shutil
import sys
from urllib.parse import urlsplit

import click
from flask import current_app
from rich.console import Console

from consent import sites
from consent.config import Config
from consent.db import db
from consent.ops.readiness import Check, checks
from consent.policies import publish


def _public_url(config: Config) -> Check:
    parts = urlsplit(config.public_url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme == "http" and not local:
        return Check(
            "public address", f"{config.public_url} is not https", "Browsers refuse http scripts on https pages."
        )
    return Check("public address", None)


def _proxies(config: Config) -> Check:
    local = urlsplit(config.public_url).hostname in ("127.0.0.1", "localhost", "::1")
    if not local and config.trusted_proxies == 0:
        return Check(
            "client addresses",
            "CONSENT_TRUSTED_PROXIES is 0, so every visitor seems to come from your proxy and shares one rate limit",
            "Set it to the number of proxies in front.",
        )
    return Check("client addresses", None)


def _disk(config: Config) -> Check:
    if not config.on_sqlite:
        return Check("disk", None)
    free = shutil.disk_usage(config.data_dir).free
    if free < 1 << 30:
        return Check(
            "disk", f"only {free >> 20} MiB are free in the data folder", "Records cannot be stored on a full disk."
        )
    return Check("disk", None)


def _sites() -> list[Check]:
    found = []
    with db.engine.connect() as connection:
        every = sites.everyone(connection)
        if not every:
            return [Check("sites", "there is none", "consent site create --name … --origin https://…")]
        for site in every:
            published = publish.current(connection, site.id) is not None
            found.append(_site(site, published=published))
    return found


def _site(site: sites.Site, *, published: bool) -> Check:
    name = f"site {site.key}"
    if not published:
        return Check(name, "has no published policy", f"consent policy publish --site {site.key} policy.yaml")
    insecure = sorted(origin for origin in site.origins if origin.startswith("http://") and "localhost" not in origin)
    if insecure and not all("127.0.0.1" in origin for origin in insecure):
        return Check(name, f"has http origins: {', '.join(insecure)}", "Consent cookies need https to be Secure.")
    return Check(name, None)


def examine(config: Config) -> list[Check]:
    base = checks()
    found = [*base, _public_url(config), _proxies(config), _disk(config)]
    if all(check.holds for check in base):
        return found + _sites()
    return [*found, Check("sites", "not checked: the database is not ready")]


@click.command()
def doctor() -> None:
    """Explain what is misconfigured. Exit code 1 where something is."""
    console = Console()
    found = examine(current_app.extensions["consent.config"])
    for check in found:
        if check.holds:
            console.print(f"[green]✓[/] {check.name}")
        else:
            console.print(f"[red]✗[/] {check.name}: {check.problem}")
            if check.fix:
                console.print(f"  → {check.fix}")
    sys.exit(0 if all(check.holds for check in found) else 1)
