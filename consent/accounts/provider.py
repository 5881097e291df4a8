"""Talking to the provider of single sign-on: discovery, token, keys, userinfo. Its address comes from the settings alone.

Over TLS with verified certificates, except to this machine; no redirect is followed; nothing large or slow is waited for.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from consent.errors import ConsentError

_SECONDS = 10
_MOST_BYTES = 512 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SsoFailed(ConsentError):
    """`reason`: one word, for the log. What the provider says is not repeated: it may name people."""

    status = 502
    code = "sso_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Single sign-on did not work ({reason}). Try again.")
        self.reason = reason


@dataclass(frozen=True)
class Client:
    """Who we are at the provider."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Provider:
    """Its addresses. `secret_in_body`: it does not take the client's secret in a header."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    secret_in_body: bool


@dataclass(frozen=True)
class Tokens:
    id_token: str
    access_token: str


def discover(issuer: str) -> Provider:
    """OpenID Connect Discovery, section 4. Raises SsoFailed."""
    said = _ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise SsoFailed("issuer")
    ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    userinfo = said.get("userinfo_endpoint")
    return Provider(
        authorization=_address(said.get("authorization_endpoint"), issuer),
        token=_address(said.get("token_endpoint"), issuer),
        keys=_address(said.get("jwks_uri"), issuer),
        userinfo=_address(userinfo, issuer) if userinfo else None,
        secret_in_body="client_secret_basic" not in ways and "client_secret_post" in ways,
    )


def _address(url: Any, issuer: str) -> str:
    if not isinstance(url, str) or not may_ask(url) or (_is_tls(issuer) and not _is_tls(url)):
        raise SsoFailed("address")
    return url


def _is_tls(url: str) -> bool:
    return urlsplit(url).scheme == "https"


def may_ask(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (_is_tls(url) or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


def exchange(provider: Provider, client: Client, *, code: str, verifier: str) -> Tokens:
    """The code for what it stands for (RFC 6749, section 4.1.3; RFC 7636, section 4.5). Raises SsoFailed."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if client.client_secret and not provider.secret_in_body:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    said = _ask(provider.token, form={name: value for name, value in form.items() if value}, headers=headers)
    if not isinstance(said.get("id_token"), str):
        raise SsoFailed("token")
    return Tokens(said["id_token"], str(said.get("access_token", "")))


def keys(provider: Provider) -> list[Any]:
    """Fetched each time, so that a key that the provider has withdrawn counts no more. Raises SsoFailed."""
    found = _ask(provider.keys).get("keys")
    if not isinstance(found, list):
        raise SsoFailed("keys")
    return found


def userinfo(provider: Provider, access_token: str) -> dict[str, Any]:
    """Raises SsoFailed."""
    if provider.userinfo is None:
        return {}
    return _ask(provider.userinfo, headers={"Authorization": f"Bearer {access_token}"})


def _ask(url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON object. Raises SsoFailed."""
    try:
        status, body = _answer(url, form, {"Accept": "application/json", **(headers or {})})
        said = json.loads(body) if status == 200 and len(body) <= _MOST_BYTES else None
    except (OSError, HTTPException, ValueError, RecursionError):
        raise SsoFailed("unreachable") from None
    if not isinstance(said, dict):
        raise SsoFailed("answer")
    return said


def _answer(url: str, form: dict[str, str] | None, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    link = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        if form is None:
            link.request("GET", target, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            link.request("POST", target, urlencode(form), headers)
        with link.getresponse() as answer:
            return answer.status, answer.read(_MOST_BYTES + 1)
    finally:
        link.close()
