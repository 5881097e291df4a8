"""An authenticator in software: it makes and shows passkeys as a telephone does, and can be told to lie."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(content):
    return urlsafe_b64encode(content).decode().rstrip("=")


def content(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One credential. `counter` None: it is kept on several devices and always says 0."""

    def __init__(self, origin, rp_id, *, counter=None):
        self.origin, self.rp_id, self.counter = origin, rp_id, counter
        self.key, self.id, self.handle = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32), None

    def _client_data(self, kind, options, **lies):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **lies}).encode()

    def _data(self, flags, rp_id=None):
        if self.counter is not None:
            self.counter += 1
        count = (self.counter or 0).to_bytes(4, "big")
        return hashlib.sha256((rp_id or self.rp_id).encode()).digest() + bytes([flags]) + count

    def make(self, options, *, flags=PRESENT | VERIFIED, rp_id=None, **lies):
        self.handle = content(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(flags | ATTESTED, rp_id) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options, **lies)
        return self._said(clientDataJSON=client, attestationObject=attestation)

    def show(self, options, *, flags=PRESENT | VERIFIED, rp_id=None, handle=None, key=None, **lies):
        client = self._client_data("webauthn.get", options, **lies)
        data = self._data(flags, rp_id)
        signed = (key or self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = self.handle if handle is None else handle
        return self._said(clientDataJSON=client, authenticatorData=data, signature=signed, userHandle=handle)

    def _said(self, **parts):
        response = {name: text(part) for name, part in parts.items()}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
