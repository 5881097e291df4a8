"""The schema of the database and the migrations that lead to it (`consent/migrations`).

Alembic and its templates are imported where they are used: they take 11 MB that no export needs.
"""

from pathlib import Path

from flask import current_app
from sqlalchemy import Connection

from consent.db import db

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade() -> None:
    """Brings the database to the newest schema. Safe to repeat."""
    import flask_migrate

    flask_migrate.Migrate(current_app, db, directory=str(MIGRATIONS), render_as_batch=True)
    flask_migrate.upgrade()


def newest() -> str | None:
    """The revision that this program needs."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None where it has none."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()
