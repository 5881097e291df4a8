"""Every build that was ever deployed, by its digest, so that a record's script can be shown again."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, Table, insert, select

from consent.banner.build import Build
from consent.clock import to_ms
from consent.db import metadata

banner_build_table = Table(
    "banner_build",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("core", LargeBinary, nullable=False),
    Column("ui", LargeBinary, nullable=False),
    Column("preferences", LargeBinary, nullable=False),
    Column("first_seen_ms", BigInteger, nullable=False),
)


def keep(connection: Connection, build: Build, now: datetime) -> bool:
    """False where this build is kept already."""
    known = select(banner_build_table.c.digest).where(banner_build_table.c.digest == build.digest)
    if connection.execute(known).one_or_none():
        return False
    files = {name: getattr(build, name).encode() for name in ("core", "ui", "preferences")}
    row = {"digest": build.digest, **files, "first_seen_ms": to_ms(now)}
    connection.execute(insert(banner_build_table).values(row))
    return True
