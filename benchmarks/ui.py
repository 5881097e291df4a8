"""The pages of the web UI with a million records and fifty sites: the time that the server takes for each, at the median."""

import argparse
import sys
import time
from collections.abc import Iterator
from statistics import median

from flask import Flask, current_app
from flask.testing import FlaskClient
from rich.console import Console
from sqlalchemy import Connection, func, select
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
from consent.config import ROOT
from consent.db import db, transact
from consent.policies import publish
from consent.records.models import record_table

BAR_ROWS, SITES = 1_000_000, 50
PAGE_MS, FILTER_MS = 200, 300
EMAIL, PASSWORD = "benchmark@example.com", "seven green bicycles"
ORIGIN = "http://127.0.0.1:8000"  # CONSENT_PUBLIC_URL of benchmarks.ours
POLICY = ROOT / "demo" / "policy.yaml"  # ten languages; the seed makes the last of them rare
# What an auditor asks the explorer, as it stands behind the address of its page. Most fit few records, or none at all.
FILTERS = {
    "refusals": "decision=reject_all",
    "withdrawn": "decision=withdraw",
    "a browser's signal": "decision=gpc",
    "a usual language": "language=ar",
    "a rare language": "language=zh-tw",
    "a source of some": "source=preferences",
    "a source of none": "source=api",
    "a purpose that was refused": "category=ma&choice=refused",
    "a purpose that all of these granted": "decision=accept_all&category=ma&choice=refused",
    "the older version": "version={older}",
    "one day": "first={day}&last={day}",
    "one day in a rare language": "first={day}&last={day}&language=zh-tw",
    "everything at once": "first={day}&decision=custom&source=preferences&language=ko&category=ma&version={version}",
    "a visitor": "visitor={visitor}",
    "a visitor who is not there": "visitor=" + "0" * 32,
}

console = Console(stderr=True)


def filled(store: Store, rows: int) -> Location:
    location, platform = store.template("ui"), Ours()
    platform.prepare(location, origin=ORIGIN)
    platform.command(location, "policy", "publish", "--site", SITE_KEY, str(POLICY), "--yes")
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


def has_nothing_to_show(client: FlaskClient, path: str) -> bool:
    """Such as passkeys without a name and TLS (303), or the plan of a site that has none (409)."""
    return client.get(path, base_url=ORIGIN).status_code in (303, 409)


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


def particulars() -> tuple[dict[str, str], str]:
    """What the filters name, and the id of a record from the middle of the period."""
    with db.engine.connect() as connection:
        middle = select(record_table).order_by(record_table.c.id).limit(1)
        half = select(func.max(record_table.c.id) / 2).scalar_subquery()
        row = connection.execute(middle.where(record_table.c.id >= half)).one()
        older = publish.history(connection, benchmark_site().id)[-1].policy_version
    day = clock.from_ms(row.received_ms).date().isoformat()
    return {"day": day, "older": older, "version": row.policy_version, "visitor": row.visitor_id}, row.record_id


def contest(store: Store, *, rows: int, rounds: int) -> Iterator[Measure]:
    location, checked = filled(store, rows), rows >= BAR_ROWS
    with inside(location):
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        client, evidence = signed_in(app), f"/admin/sites/{benchmark_site().key}/evidence"
        asked = [(path, path, PAGE_MS) for path in sorted(pages(app)) if not has_nothing_to_show(client, path)]
        known, record = particulars()
        filters = ((name, query.format_map(known)) for name, query in FILTERS.items())
        asked += [(f"evidence: {name}", f"{evidence}?{query}", FILTER_MS) for name, query in filters]
        asked.append(("a record", f"{evidence}/{record}", PAGE_MS))
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
