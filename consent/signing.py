"""Signed tokens. The visitor token: a random visitor id, signed and bound to one site.

It holds no time and no claim, so it can be issued again byte for byte, and it never expires by itself: what expires is
the decision. Keys rotate: the first of CONSENT_SECRET_KEYS signs, all of them are accepted.
"""

import hashlib
import secrets

from itsdangerous import BadSignature, Signer

from consent.errors import ConsentError


class VisitorTokenInvalid(ConsentError):
    status = 400
    code = "visitor_token_invalid"

    def __init__(self) -> None:
        super().__init__("The visitor token is unknown here: altered, of another site, or signed with a retired key.")


def new_visitor_id() -> str:
    """128 random bits in hex: a spreadsheet can take it for nothing else, as it could a leading minus of base64."""
    return secrets.token_hex(16)


class VisitorTokens:
    """Issues and opens tokens. One instance per application."""

    def __init__(self, keys: tuple[str, ...]):
        # itsdangerous signs with the last key of its list, we with the first of ours.
        self._keys = list(reversed(keys))

    def _signer(self, site_key: str) -> Signer:
        return Signer(self._keys, salt=f"visitor:{site_key}", key_derivation="hmac", digest_method=hashlib.sha256)

    def issue(self, site_key: str, visitor_id: str) -> str:
        return self._signer(site_key).sign(visitor_id).decode()

    def open(self, site_key: str, token: str) -> str:
        """The visitor id. Raises VisitorTokenInvalid; the comparison takes constant time."""
        try:
            return self._signer(site_key).unsign(token).decode()
        except (BadSignature, UnicodeError):
            raise VisitorTokenInvalid from None


class ReceiptTokenInvalid(ConsentError):
    status = 404
    code = "receipt_unknown"

    def __init__(self) -> None:
        super().__init__("There is no receipt with this token.")


class ReceiptTokens:
    """Names one record to whoever holds its receipt. It opens that record's proof and nothing else."""

    def __init__(self, keys: tuple[str, ...]):
        self._signer = Signer(list(reversed(keys)), salt="receipt", key_derivation="hmac", digest_method=hashlib.sha256)

    def issue(self, record_id: str) -> str:
        return self._signer.sign(record_id).decode()

    def open(self, token: str) -> str:
        """The record id. Raises ReceiptTokenInvalid; the comparison takes constant time."""
        try:
            return self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError):
            raise ReceiptTokenInvalid from None
