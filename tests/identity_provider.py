"""A stand-in for the provider of single sign-on: real HTTP on this machine, and it can be told to lie."""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, SECRET = "consent", "s3cret/of the+client"


@cache
def rsa_key():
    """The same for all providers of a run: making one takes longer than most tests."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Provider:
    """`claims`, `discovery`, `lies` replace what it would say; a value of None leaves it out."""

    def __init__(self):
        self.key = rsa_key()
        self.elliptic = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
        self.header, self.signs_with, self.published = {"alg": "RS256", "kid": "one"}, self.key, None
        self.person = {"sub": "anna-at-work", "email": "anna@example.com", "email_verified": True}
        self.claims, self.discovery, self.userinfo, self.lies = {}, {}, {}, {}
        self.codes, self.asked, self.forms = {}, [], []
        self.answers = {}  # path: (status, headers, body) instead of the right answer

    def described(self):
        base = self.issuer
        said = {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys",
            "userinfo_endpoint": f"{base}/userinfo",
        }
        return without_none({**said, **self.discovery})

    def keys(self):
        if self.published is not None:
            return {"keys": self.published}
        unknown = {"kty": "OKP", "crv": "Ed9999", "x": "AAAA", "kid": "new"}
        return {"keys": [unknown, *(key.as_dict(private=False) for key in (self.elliptic, self.key))]}

    def authorize(self, query):
        """As if somebody had signed in there: the address that it sends the browser back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        said = {"code": code, "state": query["state"], **self.lies}
        return f"{query['redirect_uri']}?{urlencode(without_none(said))}"

    def token(self, form, authorization):
        """Refuses what RFC 6749 and 7636 tell it to refuse."""
        begun = self.codes.pop(form.get("code"), None)
        proof = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if begun is None or begun["code_challenge"] != proof or begun["redirect_uri"] != form["redirect_uri"]:
            return None
        if self.client_of(form, authorization) != (CLIENT_ID, SECRET):
            return None
        return {"id_token": self.id_token(begun["nonce"]), "access_token": "for-userinfo", "token_type": "Bearer"}

    def client_of(self, form, authorization):
        if authorization.startswith("Basic "):
            pair = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            return unquote_plus(pair[0]), unquote_plus(pair[2])
        return form.get("client_id"), form.get("client_secret")

    def id_token(self, nonce):
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": nonce, **times, **self.person, **self.claims}
        return jwt.encode(self.header, without_none(claims), self.signs_with, algorithms=[self.header["alg"]])


def without_none(members):
    return {name: value for name, value in members.items() if value is not None}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        provider, parts = self.server.provider, urlsplit(self.path)
        provider.asked.append(parts.path)
        if parts.path in provider.answers:
            self._say(*provider.answers[parts.path])
        elif parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._say(302, {"Location": provider.authorize(query)}, b"")
        elif parts.path == "/userinfo":
            known = self.headers["Authorization"] == "Bearer for-userinfo"
            self._json(provider.userinfo if known else None)
        else:
            said = {"/.well-known/openid-configuration": provider.described, "/keys": provider.keys}.get(parts.path)
            self._json(said() if said else None)

    def do_POST(self):
        provider = self.server.provider
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        provider.forms.append(form)
        self._json(provider.token(form, self.headers.get("Authorization", "")))

    def _json(self, said):
        status = 400 if said is None else 200
        self._say(status, {"Content-Type": "application/json"}, json.dumps(said or {"error": "invalid"}).encode())

    def _say(self, status, headers, body):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def running():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.provider = Provider()
    server.provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
