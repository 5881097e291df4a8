"""Sums by day (UTC). No column leads to a person, so erasure and retention leave them alone."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table

from consent.db import metadata

decision_count_table = Table(
    "decision_count",
    metadata,
    Column("site_id", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("decision", String(12), primary_key=True),
    Column("source", String(12), primary_key=True),
    Column("policy_version", String(64), primary_key=True),
    Column("language", String(12), primary_key=True),
    Column("device_class", String(12), primary_key=True),  # empty where it is not known
    Column("decisions", BigInteger, nullable=False),
)

category_count_table = Table(
    "category_count",
    metadata,
    Column("site_id", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("granted", Boolean, primary_key=True),
    Column("decisions", BigInteger, nullable=False),
)

# How far each log was counted. A log is in an order without gaps, so nothing is counted twice or passed over.
position_table = Table(
    "counted_log",
    metadata,
    Column("log_id", Integer, primary_key=True, autoincrement=False),
    Column("next_index", BigInteger, nullable=False),
)
