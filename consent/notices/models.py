"""Notices are appended and never changed: a correction is a new version."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from consent.db import metadata

notice_table = Table(
    "privacy_notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, nullable=False),  # no foreign key: deleting a site must not reach what its records name
    Column("version", String(60), nullable=False),  # as `privacy_policy.version` of a policy names it
    Column("language", String(12), nullable=False),
    Column("effective_on", String(10), nullable=False),  # a day where the site is
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the text in UTF-8
    Column("added_ms", BigInteger, nullable=False),
    UniqueConstraint("site_id", "version", "language", name="uq_privacy_notice_site_version_language"),
)
