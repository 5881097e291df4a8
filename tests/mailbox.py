"""A real SMTP server on this machine, with a certificate that only those trust who are told to."""

import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.platform import free_port

USER, PASSWORD = "consent", "p@ss:word/42"


def make_certificate(folder):
    """Self-signed, for 127.0.0.1: a file with the certificate, which is its own authority, and one with the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, plain))
    return folder / "certificate.pem", folder / "key.pem"


class Mailbox:
    """What has arrived. `answers`: what the server says to RCPT or DATA instead of taking it, one for each try."""

    def __init__(self):
        self.messages, self.recipients, self.tls = [], [], []
        self.answers = {"RCPT": [], "DATA": []}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answers["RCPT"]:
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers["DATA"]:
            return self.answers["DATA"].pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        self.tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


def _signs_in(_server, _session, _envelope, _mechanism, data):
    fits = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=False)


@contextmanager
def running(certificate=None, *, starttls=True):
    """The mailbox and its port. Without a certificate there is no TLS; without STARTTLS it is there from the start."""
    mailbox, more = Mailbox(), {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        more = {"tls_context": context, "require_starttls": True} if starttls else {"ssl_context": context}
        if starttls:
            more |= {"authenticator": _signs_in, "auth_required": True}
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **more)
    server.start()
    try:
        yield mailbox, server.port
    finally:
        server.stop()
