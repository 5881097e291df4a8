from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from consent.db import metadata

api_token_table = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "token_hash", String(64), nullable=False, unique=True
    ),  # SHA-256 of 256 random bits; the token itself is shown once
    Column("role", String(20), nullable=False),
    Column("site_id", Integer, ForeignKey("site.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("label", String(200), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
)
