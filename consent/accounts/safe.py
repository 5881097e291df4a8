"""Random tokens that are kept as hashes, and small secrets that are kept sealed."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def new_token() -> str:
    """256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """A token has 256 random bits: a plain hash cannot be guessed backwards, and finding it by index leaks nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class Seal:
    """Seals with the first of CONSENT_SECRET_KEYS and opens with each of them."""

    def __init__(self, keys: tuple[str, ...]):
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def close(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str | None:
        """None where the key that sealed it is gone."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None


def _derived(key: str) -> bytes:
    kept_apart = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"consent/seal/v1")
    return base64.urlsafe_b64encode(kept_apart.derive(key.encode()))
