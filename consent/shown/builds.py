"""Every build of the banner that was ever deployed, by its digest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from consent.clock import to_ms
from consent.db import metadata

FILES = ("core", "ui", "preferences")

banner_build_table = Table(
    "banner_build",
    metadata,
    Column("digest", String(64), primary_key=True),
    *(Column(name, LargeBinary, nullable=False) for name in FILES),
    Column("first_seen_ms", BigInteger, nullable=False),
)
# Two processes may compose the first script of a build in the same moment.
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def keep(connection: Connection, digest: str, sources: Mapping[str, str], now: datetime) -> bool:
    """`sources` has the text of each of FILES. False where this build is kept already."""
    known = select(banner_build_table.c.digest).where(banner_build_table.c.digest == digest)
    if connection.execute(known).one_or_none():
        return False
    row = {"digest": digest, **{name: sources[name].encode() for name in FILES}, "first_seen_ms": to_ms(now)}
    connection.execute(_INSERT[connection.dialect.name](banner_build_table).values(row).on_conflict_do_nothing())
    return True


def find(connection: Connection, name: str) -> dict[str, dict[str, bytes]]:
    """The builds whose digest begins so, by digest: records carry its first 16 digits. Nothing where there is none."""
    here = banner_build_table.c.digest.startswith(name, autoescape=True)
    rows = connection.execute(select(banner_build_table).where(here)).all()
    return {row.digest: {file: bytes(getattr(row, file)) for file in FILES} for row in rows}
