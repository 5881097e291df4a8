"""Requests for erasure. What names the visitor is in the row for as long as it waits, and not a moment longer."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from consent.db import metadata

request_table = Table(
    "erasure_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, nullable=False),
    Column("visitor_id", String(32)),  # absent: carried out
    Column("both_halves", Boolean, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("until_ms", BigInteger, nullable=False),  # what came later is not meant
    Column("requested_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),
)
Index("ix_erasure_request_site_done", request_table.c.site_id, request_table.c.done_ms)
