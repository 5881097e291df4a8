"""Versions and publications are appended and never changed; a draft is what changes."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

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

# Somebody asks a second person; the answer is written into the row once. What came after the asking decides whether it
# still counts (consent/policies/review.py).
policy_review_table = Table(
    "policy_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, nullable=False, index=True),
    Column("policy_version", String(64), nullable=False),  # the bytes that are asked about, whether published or not
    Column("edition", Integer),  # of the draft; null: an older version is to be published again
    Column("after_number", Integer, nullable=False),  # the publication that was current; 0: none
    Column("written_by", Integer),  # who last changed the draft
    Column("asked_by", Integer, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("answer", String(10)),  # approved · sent_back · withdrawn
    Column("answered_by", Integer),
    Column("answered_ms", BigInteger),
    Column("comment", Text, nullable=False),
)

# A draft that is to be published at a time, as it was when that was decided.
policy_plan_table = Table(
    "policy_plan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("after_number", Integer, nullable=False),
    Column("review_id", Integer),  # the approval that it was planned with
    Column("due_ms", BigInteger, nullable=False),
    Column("planned_by", Integer, nullable=False),
    Column("planned_ms", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),  # planned · published · cancelled · refused
    Column("ended_ms", BigInteger),
    Column("problem", String(40)),  # code of the error for which it was not published
)
# One at a time: the second would find that something else was published since.
Index(
    "uq_policy_plan_standing",
    policy_plan_table.c.site_id,
    unique=True,
    sqlite_where=policy_plan_table.c.state == "planned",
    postgresql_where=policy_plan_table.c.state == "planned",
)
