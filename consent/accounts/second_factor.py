"""The second factor: codes that change every 30 seconds (TOTP, RFC 6238), and recovery codes that work once."""

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import Connection, delete, insert, or_, select, update

from consent.accounts.models import recovery_code_table, user_table
from consent.accounts.safe import Seal, token_hash
from consent.accounts.users import User
from consent.clock import to_ms
from consent.errors import ConsentError

STEP_S = 30
DRIFT = 1  # steps that a telephone's clock may be off
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


class CodeWrong(ConsentError):
    status = 401
    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__("This code does not fit, or was used already.")


def new_secret() -> str:
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Consent")


def fitting_step(secret: str, code: str, now: datetime) -> int | None:
    """The step that gives this code; None where none does."""
    current = int(now.timestamp()) // STEP_S
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    steps = range(current - DRIFT, current + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def turn_on(connection: Connection, user: User, secret: str, *, seal: Seal, code: str, now: datetime) -> list[str]:
    """Only with a code that shows that the telephone has it. Returns the recovery codes. Raises CodeWrong."""
    step = fitting_step(secret, code, now)
    if step is None:
        raise CodeWrong
    values = {"totp_secret": seal.close(secret), "totp_step": step}
    connection.execute(update(user_table).where(user_table.c.id == user.id).values(values))
    return _new_recovery_codes(connection, user.id)


def turn_off(connection: Connection, user_id: int) -> None:
    off = {"totp_secret": None, "totp_step": None}
    connection.execute(update(user_table).where(user_table.c.id == user_id).values(off))
    connection.execute(delete(recovery_code_table).where(recovery_code_table.c.user_id == user_id))


def check(connection: Connection, user: User, code: str, *, seal: Seal, now: datetime) -> None:
    """A code of the telephone or a recovery code; each counts once. Raises CodeWrong."""
    if not (_check_totp(connection, user.id, code, seal, now) or _use_recovery_code(connection, user.id, code, now)):
        raise CodeWrong


def _check_totp(connection: Connection, user_id: int, code: str, seal: Seal, now: datetime) -> bool:
    sealed = connection.execute(select(user_table.c.totp_secret).where(user_table.c.id == user_id)).scalar_one()
    secret = seal.open(sealed) if sealed else None
    step = fitting_step(secret, code, now) if secret else None
    if step is None:
        return False
    unused = or_(user_table.c.totp_step.is_(None), user_table.c.totp_step < step)
    once = update(user_table).where(user_table.c.id == user_id, unused).values(totp_step=step)
    return connection.execute(once).rowcount == 1


def _use_recovery_code(connection: Connection, user_id: int, code: str, now: datetime) -> bool:
    once = update(recovery_code_table).where(
        recovery_code_table.c.user_id == user_id,
        recovery_code_table.c.code_hash == token_hash(_normal(code)),
        recovery_code_table.c.used_ms.is_(None),
    )
    return connection.execute(once.values(used_ms=to_ms(now))).rowcount == 1


def _new_recovery_codes(connection: Connection, user_id: int) -> list[str]:
    connection.execute(delete(recovery_code_table).where(recovery_code_table.c.user_id == user_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    rows = [{"user_id": user_id, "code_hash": token_hash(code)} for code in codes]
    connection.execute(insert(recovery_code_table), rows)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _normal(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()
