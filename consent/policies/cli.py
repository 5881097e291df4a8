"""`consent policy …`: write, check, publish and look at policies. Exit code 1: refused, or a typed error; 2: wrong usage."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any, BinaryIO, Protocol, TypeVar

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from consent import clock, sites
from consent.accounts import deeds
from consent.db import db, transact
from consent.policies import diff as differing
from consent.policies import lint, publish, sarif
from consent.policies.articles import ARTICLES
from consent.policies.document import read, resolve
from consent.policies.findings import Finding, PolicyRefused, as_json, errors_among
from consent.policies.material import compare
from consent.policies.review import ReviewMissing
from consent.sites.settings import needs_review

T = TypeVar("T")

REASONS = {
    "first_publication": "the first publication",
    "category_added": "new category {id}",
    "service_added": "new service {id}",
    "service_vendor_changed": "service {id}: vendor {from} → {to}",
    "service_category_changed": "service {id}: category {from} → {to}",
    "service_purpose_changed": "service {id}: another purpose",
    "service_acquires": "service {id}: now acquired as personal data",
    "service_acquires_more": "service {id}: another recipient or more items acquired as personal data",
    "service_provided": "service {id}: its data is now provided to a third party",
    "vendor_added": "new vendor {id}",
    "vendor_changed": "vendor {id}: another legal name",
    "vendor_country_changed": "vendor {id}: country {from} → {to}",
    "country_added": "new country {id}",
}

_site = click.option("--site", "site_key", required=True, metavar="KEY", help="Public key of the site.")
_file = click.argument("file", type=click.File("rb"))
_without_review = click.option(
    "--without-review",
    "reason",
    metavar="REASON",
    help="Publish although the site asks for a second person. The reason is noted in the site's log, for good.",
)
_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_format_or_sarif = click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True
)


@click.group()
def policy() -> None:
    """Policies: the document that says what visitors are asked, and its published versions."""


@policy.command()
def init() -> None:
    """Print a policy to start from: consent policy init > policy.yaml"""
    click.echo(files("consent.policies").joinpath("example.yaml").read_text("utf-8"), nl=False)


@policy.command()
@_file
@_format_or_sarif
def check(file: BinaryIO, form: str) -> None:
    """Say what is wrong with FILE; nothing is published. SARIF is what code hosts show beside a change."""
    content = file.read()
    try:
        findings = lint.check(read(content))
    except PolicyRefused as refusal:
        findings = refusal.findings
    if form == "sarif":
        _print_json(sarif.report(findings, content, getattr(file, "name", "")))
    else:
        print_findings(findings, form)
    if errors_among(findings):
        raise SystemExit(1)


@policy.command("publish")
@_site
@_file
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--by", default="cli", show_default=True, help="Who publishes; kept with the publication.")
@_without_review
@_format
def publish_file(site_key: str, file: BinaryIO, yes: bool, by: str, reason: str | None, form: str) -> None:
    """Make FILE the current policy of a site."""
    try:
        source = read(file.read())
        if form == "text" and not yes:
            _confirm(site_key, resolve(source).document)

        def act(connection: Connection, site_id: int, *, waived: bool) -> publish.Publication:
            return publish.publish(connection, site_id, source, now=clock.now(), published_by=by, waived=waived)

        _print_publication(_publish(site_key, act, reason), form)
    except PolicyRefused as refusal:
        print_findings(refusal.findings, form)
        raise SystemExit(1) from None


@policy.command()
@_site
@click.argument("version")
@click.option("--by", default="cli", show_default=True)
@_without_review
@_format
def rollback(site_key: str, version: str, by: str, reason: str | None, form: str) -> None:
    """Publish an older VERSION of the site again, byte for byte. The first 16 digits of the version will do."""

    def act(connection: Connection, site_id: int, *, waived: bool) -> publish.Publication:
        full = _full_version(connection, site_id, version)
        return publish.publish_again(connection, site_id, full, now=clock.now(), published_by=by, waived=waived)

    _print_publication(_publish(site_key, act, reason), form)


@policy.command()
@_site
@click.option("--version", help="Another version than the current one.")
@_format
def show(site_key: str, version: str | None, form: str) -> None:
    """Print a published policy: its services, or with --format json the document as it is hashed."""
    content, name = _read(lambda connection: _published(connection, site_key, version))
    if form == "json":
        click.echo(content)
        return
    document = orjson.loads(content)
    language = document["languages"][0]
    table = Table("service", "name", "category", "vendor", "loaded by", title=f"version {name}")
    for each in document["services"]:
        table.add_row(each["id"], each["name"][language], each["category"], each["vendor"], each["load"])
    Console().print(table)


@policy.command()
@_site
@_file
@_format
def diff(site_key: str, file: BinaryIO, form: str) -> None:
    """Show what FILE would change, and whether visitors would be asked again."""
    old, new = _read(lambda connection: _current_document(connection, site_key)), resolve(read(file.read())).document
    change, found = compare(old, new), list(differing.differences(old or {}, new))
    if form == "json":
        _print_json({**asdict(change), "differences": [asdict(each) for each in found]})
        return
    table = Table("", "where", "now", "then")
    for each in found:
        table.add_row(each.kind, escape(each.path), escape(_short(each.old)), escape(_short(each.new)))
    _print_table(table, "There is no difference.")
    _print_reasons([asdict(reason) for reason in change.reasons])


@policy.command()
@_site
@_format
def history(site_key: str, form: str) -> None:
    """List the publications of a site, the newest first."""
    found = _read(lambda connection: publish.history(connection, sites.find(connection, site_key).id))
    if form == "json":
        _print_json([_as_json(each) for each in found])
        return
    table = Table("number", "version", "published", "by", "asked again because")
    for each in found:
        reasons = "\n".join(map(_sentence, each.reasons)) or "–"
        moment = clock.from_ms(each.published_ms).strftime("%Y-%m-%d %H:%MZ")
        table.add_row(str(each.number), each.policy_version[:16], moment, each.published_by, reasons)
    _print_table(table, f"Nothing is published yet: consent policy publish --site {site_key} policy.yaml")


class Act(Protocol):
    def __call__(self, connection: Connection, site_id: int, *, waived: bool) -> publish.Publication: ...


def _publish(site_key: str, act: Act, reason: str | None) -> publish.Publication:
    """With a reason in place of a review, which is noted where the site asks for one."""
    if reason is not None and not reason.strip():
        raise click.UsageError("--without-review needs a reason.")

    def unit(connection: Connection) -> publish.Publication:
        site_id = sites.find(connection, site_key).id
        waived = reason is not None and needs_review(connection, site_id)
        made = act(connection, site_id, waived=waived)
        if waived and not made.unchanged:
            about = {"number": made.number, "policy_version": made.policy_version, "reason": reason}
            deeds.note(connection, None, "published_without_review", clock.now(), site_id=site_id, **about)
        return made

    try:
        return transact(unit)
    except ReviewMissing as error:
        raise click.ClickException(f'{error.detail} Or publish with --without-review "reason".') from None


def _read(query: Callable[[Connection], T]) -> T:
    with db.engine.connect() as connection:
        return query(connection)


def _full_version(connection: Connection, site_id: int, prefix: str) -> str:
    found = publish.version_of_site(connection, site_id, prefix)
    if found is None:
        raise publish.VersionUnknown(prefix)
    return found


def _published(connection: Connection, site_key: str, version: str | None) -> tuple[bytes, str]:
    site = sites.find(connection, site_key)
    last = publish.current(connection, site.id)
    if version is None and last is None:
        raise click.ClickException(f"Nothing is published yet: consent policy publish --site {site_key} policy.yaml")
    full = _full_version(connection, site.id, version) if version else last.policy_version if last else ""
    return publish.by_version(connection, full), full


def _current_document(connection: Connection, site_key: str) -> Any:
    last = publish.current(connection, sites.find(connection, site_key).id)
    return orjson.loads(publish.by_version(connection, last.policy_version)) if last else None


def _confirm(site_key: str, new: dict[str, Any]) -> None:
    change = compare(_read(lambda connection: _current_document(connection, site_key)), new)
    _print_reasons([asdict(reason) for reason in change.reasons])
    click.confirm(f"Publish for {site_key}?", abort=True)


def _print_publication(made: publish.Publication, form: str) -> None:
    if form == "json":
        _print_json(_as_json(made))
        return
    if made.warnings:
        print_findings(made.warnings, form)
    if made.unchanged:
        click.echo(f"Nothing to publish: this is the current version {made.policy_version} already.")
        return
    click.echo(f"Published as number {made.number}, version {made.policy_version}.")
    _print_reasons(made.reasons)


def _as_json(made: publish.Publication) -> dict[str, Any]:
    return {**asdict(made), "published_at": clock.wire(made.published_ms)}


def print_findings(findings: Sequence[Finding], form: str) -> None:
    """A table, or with `json` a list."""
    if form == "json":
        _print_json([{**each, "article": ARTICLES.get(each["code"])} for each in as_json(findings)])
        return
    table = Table("finding", "where, what, and what to do", show_lines=True)
    for each in findings:
        said, article = each.said(), ARTICLES.get(each.code)
        lines = (
            f"[bold]{escape(each.path)}[/]" if each.path else "",
            escape(said.message),
            f"→ {escape(said.fix)}",
            f"[dim]{escape(article)}[/]" if article else "",
        )
        table.add_row(f"{each.severity}\n{each.code}", "\n".join(filter(None, lines)))
    _print_table(table, "No findings.")


def _print_reasons(reasons: Sequence[Any]) -> None:
    if not reasons:
        click.echo("Visitors keep their decisions: nothing material changes.")
        return
    click.echo("Visitors are asked again:")
    for reason in reasons:
        click.echo(f"  {_sentence(reason)}")


def _sentence(reason: Any) -> str:
    return REASONS[reason["code"]].format(**{**reason["parts"], "id": reason["id"]})


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= 80 else f"{text[:79]}…"


def _print_table(table: Table, otherwise: str) -> None:
    if table.row_count:
        Console().print(table)
    else:
        click.echo(otherwise)


def _print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
