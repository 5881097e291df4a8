"""Alembic's environment: the application's own engine and metadata, on SQLite and on PostgreSQL."""

from alembic import context
from flask import current_app

# Every room that has tables, so that the metadata is whole.
from consent import jobs as _jobs  # noqa: F401
from consent.accounts import models as _accounts  # noqa: F401
from consent.db import transactional
from consent.ledger import models as _ledger  # noqa: F401
from consent.notices import models as _notices  # noqa: F401
from consent.policies import models as _policies  # noqa: F401
from consent.records import models as _records  # noqa: F401
from consent.registers import models as _registers  # noqa: F401
from consent.retention import models as _retention  # noqa: F401
from consent.shown import builds as _builds  # noqa: F401
from consent.shown import files as _files  # noqa: F401
from consent.sites import models as _sites  # noqa: F401
from consent.visitors import models as _visitors  # noqa: F401

engine = transactional(current_app.extensions["migrate"].db.engine)
target = current_app.extensions["migrate"].db.metadata


def run() -> None:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target,
            transactional_ddl=True,  # SQLite's is, whatever Alembic takes it for: an upgrade that fails leaves nothing behind
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
