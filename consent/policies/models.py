"""Versions and publications are appended and never changed; a draft is what changes."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from consent.db import metadata

# One row for each distinct document, whichever sites publish it. The key is the SHA-256 of the bytes beside it.
policy_version_table = Table(
    "policy_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

publication_table = Table(
    "publication",
    metadata,
    Column("id", Integer, primary_key=True),
    # No foreign keys: deleting a site must never reach what its records point to.
    Column("site_id", Integer, nullable=False, index=True),
    Column("number", Integer, nullable=False),  # 1, 2, 3 … within the site
    Column("policy_version", String(64), nullable=False),
    Column("published_ms", BigInteger, nullable=False),
    Column("material", Boolean, nullable=False),
    Column("reasons", Text, nullable=False),  # JSON
    Column("material_since", Integer, nullable=False),  # number of the last material publication, this one included
    Column("published_by", Text, nullable=False),
    UniqueConstraint("site_id", "number", name="uq_publication_site_number"),
)

# What is being written, apart from what is published: the one table of the room whose rows change.
policy_draft_table = Table(
    "policy_draft",
    metadata,
    Column("site_id", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),  # YAML, always readable (document.read)
    Column("edition", Integer, nullable=False),  # one more with each change; never starts again
    Column("based_on", String(64)),  # the version that was current when it was begun; null: nothing was published
    Column("updated_by", Integer, nullable=False),  # user id
    Column("updated_ms", BigInteger, nullable=False),
)
