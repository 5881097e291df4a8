from sqlalchemy import BigInteger, Column, Integer, Table

from consent.db import metadata

# A site without a row keeps the default.
rule_table = Table(
    "retention_rule",
    metadata,
    Column("site_id", Integer, primary_key=True, autoincrement=False),
    Column("keep_days", Integer, nullable=False),  # after the decision has expired
    Column("updated_ms", BigInteger, nullable=False),
)
