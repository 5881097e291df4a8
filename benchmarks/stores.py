"""Where both sides keep their records: a file on SQLite, a database on PostgreSQL; fresh copies of a prepared one."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import postgres


@dataclass(frozen=True)
class Location:
    """A place for one server: its working folder and, on PostgreSQL, the URL of its database."""

    folder: Path
    database_url: str = ""

    @property
    def file(self) -> Path:
        return self.folder / "consent.sqlite"

    def count(self, query: str) -> int:
        if self.database_url:
            with psycopg.connect(self.database_url) as server:
                row = server.execute(query.encode()).fetchone()
        else:
            with closing(sqlite3.connect(self.file)) as connection:
                row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def execute(self, script: str) -> None:
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as server:
                server.execute(script.encode())
        else:
            with closing(sqlite3.connect(self.file)) as connection:
                connection.executescript(script)

    def settle(self) -> None:
        """What PostgreSQL's autovacuum would have done by the time there are so many rows."""
        if self.database_url:
            self.execute("VACUUM ANALYZE")


class SQLiteStore:
    name = "SQLite FULL"

    def __init__(self, folder: Path):
        self._folder = folder

    def template(self, name: str) -> Location:
        """An empty place to prepare; `copy` gives fresh copies of it."""
        folder = self._folder / name
        folder.mkdir(parents=True)
        return Location(folder)

    @contextmanager
    def copy(self, name: str) -> Iterator[Location]:
        folder = self._folder / f"{name}-run"
        shutil.copytree(self._folder / name, folder)
        try:
            yield Location(folder)
        finally:
            shutil.rmtree(folder)


class PostgresStore:
    name = "PostgreSQL"

    def __init__(self, folder: Path, cluster_url: str):
        self._folder, self._cluster_url = folder, cluster_url

    def template(self, name: str) -> Location:
        folder = self._folder / f"postgres-{name}"
        folder.mkdir(parents=True)
        with psycopg.connect(f"{self._cluster_url}postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return Location(folder, self._cluster_url + name)

    @contextmanager
    def copy(self, name: str) -> Iterator[Location]:
        folder = self._folder / f"postgres-{name}-run"
        folder.mkdir()
        try:
            with postgres.database(self._cluster_url, f"{name}_run", like=name) as url:
                yield Location(folder, url)
        finally:
            shutil.rmtree(folder)


Store = SQLiteStore | PostgresStore


@contextmanager
def chosen(name: str) -> Iterator[list[Store]]:
    """The stores that `--store` names, in a folder that is removed afterwards: sqlite, postgresql or all."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consent-benchmark-")))
        stores: list[Store] = [SQLiteStore(folder)] if name != "postgresql" else []
        if name != "sqlite":
            stores.append(PostgresStore(folder, stack.enter_context(postgres.cluster())))
        yield stores
