"""Every file that visitors were given, byte for byte, so that what they saw can be shown again.

Composing it anew would show old words with today's program. The files are kept when they are composed for the first
time, before anybody gets them; a page that still runs an older build gets its chunks from here.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from consent.db import metadata

banner_file_table = Table(
    "banner_file",
    metadata,
    # No foreign key: deleting a site must never reach what its records point to.
    Column("site_id", Integer, primary_key=True),
    Column("name", String(81), primary_key=True),  # <policy version>-<build>
    Column("file", String(40), primary_key=True),  # core.js, ja.js, ja.preferences.js
    Column("content", LargeBinary, nullable=False),
    Column("first_ms", BigInteger, nullable=False),
)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def keep(connection: Connection, site_id: int, name: str, file: str, content: bytes, now_ms: int) -> None:
    """The first one stays."""
    row = {"site_id": site_id, "name": name, "file": file, "content": content, "first_ms": now_ms}
    connection.execute(_INSERT[connection.dialect.name](banner_file_table).values(row).on_conflict_do_nothing())


def find(connection: Connection, site_id: int, name: str, file: str) -> bytes | None:
    statement = select(banner_file_table.c.content).filter_by(site_id=site_id, name=name, file=file)
    content = connection.execute(statement).scalar()
    return None if content is None else bytes(content)
