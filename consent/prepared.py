"""Statements of the hot path, compiled once, that go straight to the driver: through SQLAlchemy each costs more time than the
database needs for it. On SQLite all of them run in the one thread that writes.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

_POSTGRESQL = postgresql.psycopg.PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Prepared:
    """`statements` has the same statement for each dialect; `names` are the parameters it takes.

    The values have to be what the drivers take as they are: text, numbers, bytes, None, booleans. Inside a `transact` only:
    its errors are the driver's own, which `consent.db` knows.
    """

    def __init__(self, statements: Mapping[str, Any], names: tuple[str, ...]):
        by_name = statements["postgresql"].compile(dialect=_POSTGRESQL, column_keys=list(names))
        in_order = statements["sqlite"].compile(dialect=sqlite.dialect(), column_keys=list(names))
        self._postgresql, self._sqlite, self._names = str(by_name), str(in_order), tuple(in_order.positiontup)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            done = driver.execute(self._sqlite, [values[name] for name in self._names])
        else:
            done = driver.execute(self._postgresql, values)
        count: int = done.rowcount
        return count


def inserts(table: Any) -> dict[str, Any]:
    """An insert for each dialect; what each adds to it (`on_conflict_do_nothing`) is spelled the same."""
    return {"sqlite": sqlite.insert(table).inline(), "postgresql": postgresql.insert(table).inline()}
