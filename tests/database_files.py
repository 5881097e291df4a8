"""The files of a database, read as bytes: whether something is still in them."""

from pathlib import Path

from consent.db import db


def database_bytes(folder):
    """Of SQLite the file, its write-ahead log and its index; of PostgreSQL every file of the database but not pg_wal.

    The write-ahead log of PostgreSQL keeps copies until it is recycled; docs/erasure.md says so.
    """
    if db.engine.dialect.name == "sqlite":
        files = sorted(Path(folder).glob("consent.sqlite*"))
        assert files
        return b"".join(file.read_bytes() for file in files)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # what is set on it is set for nobody else
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("CHECKPOINT")
        data = Path(connection.exec_driver_sql("SHOW data_directory").scalar())
        number = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
    files = [file for file in (data / "base" / str(number)).iterdir() if file.is_file()]
    return b"".join(map(_content, files))


def _content(file):
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""  # `pg_internal.init`, a cache that the server throws away at any moment
