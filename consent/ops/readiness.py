"""What has to hold before the platform can do its work. Shared by /readyz and `consent doctor`."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from consent import schema
from consent.banner import build
from consent.db import db


@dataclass(frozen=True)
class Check:
    name: str
    problem: str | None  # None: it holds
    fix: str = ""

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


def checks() -> list[Check]:
    return [_database(), _migrations(), _banner()]
