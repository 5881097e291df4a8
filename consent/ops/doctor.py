"""`consent doctor`: what is misconfigured, and how to mend it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import click
from flask import current_app
from limits.errors import StorageError
from rich.console import Console

from consent import clock, mail, sites
from consent.accounts import oidc, provider
from consent.config import IN_MEMORY, Config
from consent.db import db
from consent.ledger import logs
from consent.ledger.ledger import ledger
from consent.ops.readiness import Check, checks
from consent.policies import publish
from consent.ratelimit import shared_storage
from consent.sites.values import below, is_public

_LOCAL = ("127.0.0.1", "localhost", "::1")


def _local(config: Config) -> bool:
    return urlsplit(config.public_url).hostname in _LOCAL


def _public_url(config: Config) -> Check:
    if config.public_url.startswith("http://") and not _local(config):
        return Check(
            "public address",
            f"{config.public_url} is not https, and browsers refuse http scripts on https pages",
            "Put a proxy with TLS in front (deploy/nginx.conf) and set CONSENT_PUBLIC_URL to its https:// address.",
        )
    return Check("public address", None)


def _proxies(config: Config) -> Check:
    if not _local(config) and config.trusted_proxies == 0:
        return Check(
            "client addresses",
            "CONSENT_TRUSTED_PROXIES is 0, so every visitor seems to come from your proxy and shares one rate limit",
            "Set it to the number of proxies in front.",
        )
    return Check("client addresses", None)


def _rate_limits(config: Config) -> Check:
    """SQLite has one web process, so there one memory is all there is."""
    if config.rate_limit_storage != IN_MEMORY:
        return _shared_counting(config)
    if config.on_sqlite or config.workers == 1:
        return Check("rate limits", None)
    return Check(
        "rate limits",
        "each web process counts by itself, so an address may send as many times the limit as there are processes",
        "Set CONSENT_RATE_LIMIT_STORAGE=redis://… (extra `redis`), so that they count together.",
    )


def _shared_counting(config: Config) -> Check:
    """By counting: a storage that asks for a password or may only be read answers as well."""
    try:
        shared_storage(config.rate_limit_storage).incr("doctor", 1)
    except StorageError as error:
        return Check(
            "rate limits",
            f"the storage cannot count ({str(error.storage_error).rstrip('.')}), so each web process counts by itself",
            "Look at CONSENT_RATE_LIMIT_STORAGE: address, port, user, password, TLS.",
        )
    return Check("rate limits", None)


def _mail(config: Config) -> Check:
    """As far as signing in to the server: nothing is sent."""
    try:
        mail.greet(mail.server_of(config.smtp_url), hello=urlsplit(config.public_url).hostname or "")
    except mail.MailNotSent as error:
        return Check("mail", error.detail, "Look at CONSENT_SMTP_URL: address, port, user, password, TLS.")
    return Check("mail", None)


def _single_sign_on(config: Config) -> Check:
    if not oidc.available():
        return Check("single sign-on", "the extra `sso` is not installed", "pip install 'consent[sso]'")
    try:
        provider.discover(config.oidc_issuer)
    except provider.SsoFailed as error:
        return Check(
            "single sign-on",
            f"the provider's own description cannot be used ({error.reason})",
            "CONSENT_OIDC_ISSUER must be exactly what <issuer>/.well-known/openid-configuration calls itself.",
        )
    return Check("single sign-on", None)


def _data_folder(config: Config) -> Check:
    """Tried by writing: permissions, read-only mounts and quotas all show there."""
    if not (config.on_sqlite or config.metrics):
        return Check("data folder", None)
    try:
        with tempfile.TemporaryFile(dir=config.data_dir):
            pass
    except OSError as error:
        return Check(
            "data folder",
            f"{config.data_dir} cannot be written to ({error.strerror})",
            "Give it to the user that runs the platform, or name another folder in CONSENT_DATA_DIR.",
        )
    return Check("data folder", None)


def _disk(config: Config) -> Check:
    if not config.on_sqlite:
        return Check("disk", None)
    free = shutil.disk_usage(config.data_dir).free
    if free < 1 << 30:
        return Check(
            "disk",
            f"only {free >> 20} MiB are free in the data folder",
            "Make room: on a full disk no record is stored.",
        )
    return Check("disk", None)


def _sites(config: Config) -> list[Check]:
    found: list[Check] = []
    with db.engine.connect() as connection:
        every = sites.everyone(connection)
        if not every:
            return [Check("sites", "there is none", "consent site create --name … --origin https://…")]
        for site in every:
            published = publish.current(connection, site.id) is not None
            name = f"site {site.key}"
            problems = [Check(name, *each) for each in _problems(site, config, published=published)]
            found += problems or [Check(name, None)]
    return found


def _logs() -> list[Check]:
    found = []
    with db.engine.connect() as connection:
        for log in logs.everyone(connection):
            refused = ledger().publisher.refusal(connection, log, clock.now())
            problem = f"is not published [{refused.code}]" if refused else None
            found.append(Check(f"log {log.origin}", problem, refused.detail if refused else ""))
    return found


def _problems(site: sites.Site, config: Config, *, published: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with a site, and how to mend it."""
    if not published:
        yield "has no published policy", f"consent policy publish --site {site.key} policy.yaml"
    yield from _insecure_origins(site)
    if site.cookie_domain:
        yield from _cookie_domain(site, site.cookie_domain, config)


def _insecure_origins(site: sites.Site) -> Iterator[tuple[str, str]]:
    hosts = {origin: urlsplit(origin) for origin in site.origins}
    insecure = [o for o, parts in hosts.items() if parts.scheme == "http" and parts.hostname not in _LOCAL]
    if insecure:
        fix = "Serve the site over https and register that: consent site origins"
        yield f"has http origins: {', '.join(sorted(insecure))}", f"{fix} {site.key} https://…"


def _cookie_domain(site: sites.Site, domain: str, config: Config) -> Iterator[tuple[str, str]]:
    """A browser takes a cookie for a domain only from hosts below it, and shows it to them alone."""
    if is_public(domain):
        yield (
            f"has the cookie domain {domain}, for which no browser takes a cookie: anybody can have a name below it",
            f"In the web UI, in the site's settings, give your own domain below it (example.{domain}), or none.",
        )
    outside = sorted(origin for origin in site.origins if not below(origin, domain))
    if outside:
        yield (
            f"has the cookie domain {domain}, which does not cover {', '.join(outside)}",
            "Make a site of their own for these origins, with their own cookie domain.",
        )
    if not below(config.public_url, domain):
        yield (
            f"has the cookie domain {domain}, and no browser takes its cookie from {config.public_url}",
            f"Serve the platform below {domain} (consent.{domain}), or make the site without --cookie-domain.",
        )


def examine(config: Config) -> list[Check]:
    base = checks()
    outside = [_public_url(config), _proxies(config), _rate_limits(config)]
    outside += [_mail(config)] if config.smtp_url else []
    outside += [_single_sign_on(config)] if config.oidc_issuer else []
    found = [*base, *outside, _data_folder(config), _disk(config)]
    if all(check.holds for check in base if check.stops):
        return found + _sites(config) + _logs()
    return [*found, Check("sites", "not checked: the database is not ready", "See to the database first.")]


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
