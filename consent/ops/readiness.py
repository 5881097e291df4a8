"""What has to hold before the platform can do its work. Shared by /readyz and `consent doctor`."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from consent import clock, schema
from consent.banner import build
from consent.config import Config
from consent.db import db
from consent.ledger import sequencer

LONGEST_WAIT_MS = 60_000
START_A_WORKER = "Start one: consent worker (consent serve does). Where one runs, see what it logs."


@dataclass(frozen=True)
class Check:
    name: str
    problem: str | None  # None: it holds
    fix: str = ""
    stops: bool = True  # False: the platform does its work nevertheless, and a load balancer had better leave it in

    @property
    def holds(self) -> bool:
        return self.problem is None


def _database() -> Check:
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[
            0
        ]  # for the operator; /readyz leaves it out
        fix = f"Look at CONSENT_DATABASE_URL and the server. The driver says: {reason}"
        return Check("database", f"cannot be reached ({type(error).__name__})", fix)
    return Check("database", None)


def _migrations() -> Check:
    newest = schema.newest()
    try:
        with db.engine.connect() as connection:
            current = schema.revision(connection)
    except SQLAlchemyError as error:
        return Check("migrations", f"cannot be read ({type(error).__name__})", "See to the database first.")
    if current != newest:
        return Check(
            "migrations",
            f"the database is at {current or 'nothing'}, the program needs {newest}",
            "Run: consent db upgrade",
        )
    return Check("migrations", None)


def _banner() -> Check:
    try:
        build.current()
    except build.BannerNotBuilt as error:
        return Check("banner", str(error), "Run: make banner")
    return Check("banner", None)


def _log() -> Check:
    """Entries wait a second or two. Records are taken for half the merge delay more, so this calls an operator and no more."""
    try:
        with db.engine.connect() as connection:
            waited = sequencer.longest_wait_ms(connection, clock.to_ms(clock.now()))
    except SQLAlchemyError as error:
        return Check("log", f"cannot be read ({type(error).__name__})", "See to the database first.")
    if waited <= LONGEST_WAIT_MS:
        return Check("log", None)
    config: Config = current_app.extensions["consent.config"]
    return Check(
        "log",
        f"an entry has waited {waited // 1000} s for its place, so nobody sequences",
        "On SQLite the web process does it: see what it logs, start it again." if config.on_sqlite else START_A_WORKER,
        stops=False,
    )


def checks() -> list[Check]:
    return [_database(), _migrations(), _banner(), _log()]
