"""The pages of the web UI with a million records and fifty sites: the time that the server takes for each, at the median."""

import argparse
import sys
import time
from collections.abc import Iterator
from statistics import median

from flask import Flask, current_app
from flask.testing import FlaskClient
from rich.console import Console
from sqlalchemy import Connection
from werkzeug.routing import Rule

from benchmarks import report, stores
from benchmarks.inside import benchmark_site, inside
from benchmarks.ours import SITE_KEY, Ours
from benchmarks.processes import warn_if_busy
from benchmarks.report import Measure, at_most, compare
from benchmarks.stores import Location, Store
from consent import clock, sites
from consent.accounts import passwords, roles, users
from consent.admin.rules import ANYBODY, rule_of
from consent.db import db, transact

BAR_ROWS, SITES = 1_000_000, 50
PAGE_MS, FILTER_MS = 200, 300
EMAIL, PASSWORD = "benchmark@example.com", "seven green bicycles"
ORIGIN = "http://127.0.0.1:8000"  # CONSENT_PUBLIC_URL of benchmarks.ours
# What an auditor asks the explorer, as it stands behind the address of its page.
FILTERS = {
    "refusals": "decision=reject_all",
    "Japanese": "language=ja",
    "one source": "source=preferences",
    "a visitor who is not there": "visitor=" + "0" * 32,
}

console = Console(stderr=True)


def filled(store: Store, rows: int) -> Location:
    location, platform = store.template("ui"), Ours()
    platform.prepare(location, origin=ORIGIN)
    for number in range(SITES - 1):
        platform.command(
            location, "site", "create", "--name", f"Site {number}", "--origin", f"https://s{number}.example"
        )
    console.print(f"{store.name}: {rows:,} records")
    platform.fill(location, rows)
    return location


def signed_in(app: Flask) -> FlaskClient:
    """An owner of every site."""
    hashed = passwords.hashed(PASSWORD)

    def unit(connection: Connection) -> None:
        user = users.create(
            connection, email=EMAIL, name="B", password_hash=hashed, now=clock.now(), may_create_sites=True
        )
        for site in sites.everyone(connection):
            roles.grant(connection, user_id=user.id, site_id=site.id, role=roles.OWNER, now=clock.now())

    transact(unit)
    client = app.test_client()
    form, headers = {"email": EMAIL, "password": PASSWORD}, {"Origin": ORIGIN}
    answer = client.post("/admin/sign-in", data=form, headers=headers, base_url=ORIGIN)
    if answer.status_code != 303:
        raise RuntimeError(f"signing in: {answer.status_code}")
    return client


def pages(app: Flask) -> Iterator[str]:
    """Every page that needs nothing else in its address than the site."""
    for rule in app.url_map.iter_rules():
        if _is_page(app, rule):
            yield rule.rule.replace("<site_key>", SITE_KEY)


def _is_page(app: Flask, rule: Rule) -> bool:
    ours = rule.endpoint.startswith("admin.") and "GET" in (rule.methods or ()) and rule.arguments <= {"site_key"}
    return ours and rule_of(app.view_functions[rule.endpoint]) is not ANYBODY


def measured(client: FlaskClient, path: str, rounds: int) -> float:
    """Milliseconds at the median."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = client.get(path, base_url=ORIGIN)
        answer.get_data()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} is answered with {answer.status_code}")
    return round(median(times), 1)


def contest(store: Store, *, rows: int, rounds: int) -> Iterator[Measure]:
    location, checked = filled(store, rows), rows >= BAR_ROWS
    with inside(location):
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        client, evidence = signed_in(app), f"/admin/sites/{benchmark_site().key}/evidence"
        asked = [(path, path, PAGE_MS) for path in sorted(pages(app))]
        asked += [(f"evidence: {name}", f"{evidence}?{query}", FILTER_MS) for name, query in FILTERS.items()]
        for label, path, most in asked:
            milliseconds = measured(client, path, rounds)
            console.print(f"  {milliseconds:8.1f} ms  {path}")
            yield compare(f"{store.name}: {label}, ms", milliseconds, None, bar=at_most(most), checked=checked)
        db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ui", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few records; the bars are not checked")
    parser.add_argument("--store", choices=("all", "sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rows", type=int, default=BAR_ROWS)
    options = parser.parse_args()
    rows = min(options.rows, 20_000) if options.quick else options.rows
    warn_if_busy()
    found: list[Measure] = []
    with stores.chosen(options.store) as places:
        for store in places:
            found += contest(store, rows=rows, rounds=options.rounds)
    sys.exit(0 if report.publish("ui", f"The web UI with {rows:,} records and {SITES} sites", found) else 1)


if __name__ == "__main__":
    main()
