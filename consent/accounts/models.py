from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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

user_table = Table(
    "user_account",  # `user` is a word of SQL
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("language", String(8), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("may_create_sites", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("disabled_ms", BigInteger),
    Column("failures", Integer, nullable=False),  # wrong passwords and codes since the last right one
    Column("locked_until_ms", BigInteger),
    Column("totp_secret", LargeBinary),  # sealed with CONSENT_SECRET_KEYS; the second factor is on where it is there
    Column("totp_step", BigInteger),  # the last one that was used: a code counts once (RFC 6238, section 5.2)
)

recovery_code_table = Table(
    "recovery_code",
    metadata,
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_ms", BigInteger),
)

membership_table = Table(
    "membership",
    metadata,
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("site_id", Integer, ForeignKey("site.id", ondelete="RESTRICT"), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),  # the role ends then by itself
    Index("ix_membership_site", "site_id"),
)

session_table = Table(
    "user_session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("stage", String(20), nullable=False),  # password: the second factor is still missing · complete
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("browser_family", String(20), nullable=False),
    Column("device_class", String(20), nullable=False),
)

link_table = Table(
    "one_time_link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("purpose", String(20), nullable=False),  # setup · invitation · reset
    Column("email", String(254)),
    Column("site_id", Integer, ForeignKey("site.id", ondelete="RESTRICT"), index=True),
    Column("role", String(20)),
    Column("role_expires_ms", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)

deed_table = Table(
    "deed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="SET NULL")),
    Column("site_id", Integer, ForeignKey("site.id", ondelete="RESTRICT")),
    Column("what", String(60), nullable=False),
    Column("details", Text, nullable=False),  # canonical JSON
    Index("ix_deed_site", "site_id", "id"),
)

passkey_table = Table(
    "passkey",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),  # at most 1,023 bytes
    Column("public_key", LargeBinary, nullable=False),  # COSE (RFC 9052)
    Column("user_handle", LargeBinary, nullable=False),  # random, and the same for all passkeys of a user
    Column("sign_count", BigInteger, nullable=False),  # stays 0 where a passkey is kept on several devices
    Column("name", String(80), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)

passkey_challenge_table = Table(
    "passkey_challenge",
    metadata,
    Column("challenge_hash", String(64), primary_key=True),
    Column("session_id", Integer),  # of whoever adds a passkey; NULL for signing in
    Column("user_handle", LargeBinary),  # that the new passkey was made with
    Column("expires_ms", BigInteger, nullable=False),
)

sso_identity_table = Table(
    "sso_identity",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("user_id", Integer, ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("issuer", "user_id", name="uq_sso_identity_user"),
)
