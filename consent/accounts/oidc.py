"""Single sign-on by OpenID Connect: authorization code with PKCE, and everything that is checked about the answer.

Two halves that meet in one browser: `begin` gives an attempt, which stays with the browser, sealed; `finish` takes it back
with what the provider has sent along. The signature library is the extra `sso`.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode, urlsplit

from consent.accounts import provider
from consent.accounts.provider import Client, Provider, SsoFailed
from consent.accounts.safe import Seal
from consent.clock import to_ms

LIVES = timedelta(minutes=10)
_LEEWAY_S = 60
_LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
# Public keys only: with HS256, what everybody may know (a public key, a client's id) could sign.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True)
class Attempt:
    """`then`: where they wanted to go."""

    state: str
    nonce: str
    verifier: str
    then: str
    until_ms: int


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the provider. `email`: only one that the provider has verified."""

    issuer: str
    subject: str
    email: str | None


def available() -> bool:
    return find_spec("joserfc") is not None


def begin(client: Client, *, then: str, now: datetime) -> tuple[str, Attempt]:
    """The address of the provider to go to. Raises SsoFailed."""
    attempt = Attempt(_random(), _random(), _random(), then, to_ms(now + LIVES))
    challenge = _base64(hashlib.sha256(attempt.verifier.encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": "openid email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = provider.discover(client.issuer).authorization
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", attempt


def _random() -> str:
    return secrets.token_urlsafe(32)


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def sealed(attempt: Attempt, seal: Seal) -> str:
    return seal.close(json.dumps(asdict(attempt))).decode()


def opened(text: str, seal: Seal, now: datetime) -> Attempt:
    """Raises SsoFailed where this browser has begun nothing, or too long ago."""
    content = seal.open(text.encode())
    if content is None:
        raise SsoFailed("state")
    attempt = Attempt(**json.loads(content))
    if attempt.until_ms <= to_ms(now):
        raise SsoFailed("late")
    return attempt


def finish(client: Client, attempt: Attempt, said: Mapping[str, str], now: datetime) -> Identity:
    """`said`: the query that the browser came back with. Raises SsoFailed."""
    _check_answer(client, attempt, said)
    found = provider.discover(client.issuer)
    tokens = provider.exchange(found, client, code=said["code"], verifier=attempt.verifier)
    claims = _verified(tokens.id_token, provider.keys(found))
    _check_claims(claims, client, attempt.nonce, now)
    if "email" not in claims:  # some leave it to another question
        claims = {**claims, **_more(found, tokens.access_token, claims["sub"])}
    return Identity(client.issuer, claims["sub"], _email(claims))


def _check_answer(client: Client, attempt: Attempt, said: Mapping[str, str]) -> None:
    """The state first: whoever cannot name it has not come from here (RFC 6749, section 10.12; RFC 9207 for `iss`)."""
    if not hmac.compare_digest(said.get("state", "").encode(), attempt.state.encode()):
        raise SsoFailed("state")
    if said.get("iss", client.issuer) != client.issuer:
        raise SsoFailed("issuer")
    if "error" in said:
        raise SsoFailed("denied")
    if not said.get("code"):
        raise SsoFailed("code")


def _verified(id_token: str, published: list[Any]) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        return dict(jwt.decode(id_token, KeySet(_usable(published)), algorithms=_ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, LookupError):
        raise SsoFailed("signature") from None


def _usable(published: list[Any]) -> list[Any]:
    """Public keys for signatures. One of a kind that nobody here knows does not take the others with it."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    found = []
    for key in published:
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig":
            with suppress(JoseError, ValueError, TypeError, LookupError):
                found.append(import_key(key))
    return found


def _check_claims(claims: Mapping[str, Any], client: Client, nonce: str, now: datetime) -> None:
    """OpenID Connect Core, section 3.1.3.7."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != client.issuer:
        raise SsoFailed("issuer")
    if client.client_id not in audiences or claims.get("azp", client.client_id) != client.client_id:
        raise SsoFailed("audience")
    if len(audiences) > 1 and "azp" not in claims:
        raise SsoFailed("audience")
    _check_times(claims, now.timestamp())
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise SsoFailed("nonce")
    if not isinstance(claims.get("sub"), str) or not 1 <= len(claims["sub"]) <= _LONGEST_SUBJECT:
        raise SsoFailed("subject")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    if _seconds(claims.get("exp")) <= now - _LEEWAY_S or _seconds(claims.get("iat")) > now + _LEEWAY_S:
        raise SsoFailed("expiry")


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float):
        raise SsoFailed("expiry")
    return value


def _more(found: Provider, access_token: str, subject: str) -> dict[str, Any]:
    """Section 5.3.2: of the same person, or of nobody."""
    said = provider.userinfo(found, access_token)
    if said and said.get("sub") != subject:
        raise SsoFailed("subject")
    return {name: said[name] for name in ("email", "email_verified") if name in said}


def _email(claims: Mapping[str, Any]) -> str | None:
    """Section 5.7: an address that anybody could have typed in there proves nothing."""
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else None
