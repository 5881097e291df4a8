"""Statements of the hot path, compiled once. On SQLite they go straight to the driver: through SQLAlchemy each costs more
time than the database needs for it, and all of them run in the one thread that writes.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


class Prepared:
    """`statements` has the same statement for each dialect; `names` are the parameters it takes.

    The values have to be what SQLite's driver takes as they are: text, numbers, bytes, None, booleans. Inside a
    transaction only. Its errors on SQLite are sqlite3's own, which `consent.db` knows.
    """

    def __init__(self, statements: Mapping[str, Any], names: tuple[str, ...]):
        self._postgresql = statements["postgresql"]
        compiled = statements["sqlite"].compile(dialect=sqlite.dialect(), column_keys=list(names))
        self._sql, self._names = str(compiled), tuple(compiled.positiontup)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        if connection.dialect.name != "sqlite":
            changed: int = connection.execute(self._postgresql, values).rowcount
            return changed
        driver: Any = connection.connection.driver_connection
        count: int = driver.execute(self._sql, [values[name] for name in self._names]).rowcount
        return count


def inserts(table: Any) -> dict[str, Any]:
    """An insert for each dialect; what each adds to it (`on_conflict_do_nothing`) is spelled the same."""
    return {"sqlite": sqlite.insert(table).inline(), "postgresql": postgresql.insert(table).inline()}
