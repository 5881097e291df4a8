from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, false

from consent.db import metadata

site_table = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("origins", Text, nullable=False),  # JSON list
    Column("log_origin", String(300), nullable=False, unique=True),  # what evidence and receipts call its log; for good
    Column("cookie_domain", String(253)),  # set where the platform is same-site with the site
    Column("created_ms", BigInteger, nullable=False),
    Column("needs_review", Boolean, nullable=False, server_default=false()),  # publishing needs a second person
    Column("stopped_ms", BigInteger),  # since then nobody is asked
)
