"""Mail: one message at a time, handed over to one SMTP server. What it says, and to whom, is the business of the rooms.

Its errors name the step and what the server answered in numbers, never an address: they go into logs.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from consent.errors import ConsentError

TLS, STARTTLS, OFF = "tls", "starttls", "off"
_PORTS = {TLS: 465, STARTTLS: 587, OFF: 25}
_SECONDS = 15
_7BIT = SMTP.clone(cte_type="7bit")  # a server need not know 8BITMIME
_ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463


class MailNotSent(ConsentError):
    """Worth another try."""

    status = 503
    code = "mail_not_sent"


class MailRefused(ConsentError):
    """This message will not be taken, however often it is tried."""

    status = 422
    code = "mail_refused"


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str
    user: str
    password: str


def server_of(url: str) -> Server:
    """Raises ValueError with a phrase that completes "CONSENT_SMTP_URL …"."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("tls", [TLS if parts.scheme == "smtps" else STARTTLS])[-1]
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("must be such as smtp://user:password@mail.example.co.jp:587 or smtps://…")
    if asked not in ((TLS,) if parts.scheme == "smtps" else (STARTTLS, OFF)):
        raise ValueError("says neither ?tls=starttls nor ?tls=off")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and asked == OFF:
        raise ValueError("would send its password without TLS")
    return Server(parts.hostname, parts.port or _PORTS[asked], asked, user, password)


def sender_of(text: str) -> str:
    """Raises ValueError with a phrase that completes "CONSENT_MAIL_FROM …"."""
    name, email = parseaddr(text)
    if not _ADDRESS.fullmatch(email) or not text.isprintable():
        raise ValueError("must be such as Consent <noreply@example.co.jp>")
    return str(Address(name, addr_spec=email))


def compose(*, sender: str, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """A plain text message that no machine answers (RFC 3834). Raises MailRefused where `to` is no address."""
    message = EmailMessage(policy=_7BIT)
    message["From"] = sender
    message["To"] = _recipient(to)
    message["Subject"] = " ".join(subject.split())  # a line break would begin another header
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _recipient(to: str) -> Address:
    """Taken apart here, so that what stands in it is quoted and never read as a second recipient."""
    if not _ADDRESS.fullmatch(to):
        raise MailRefused("The recipient is no address.")
    local, _, domain = to.rpartition("@")
    try:
        return Address(username=local, domain=domain.encode("idna").decode())
    except UnicodeError:  # a label that is too long
        raise MailRefused("The recipient's domain is none.") from None


def send(server: Server, message: EmailMessage, *, hello: str) -> None:
    """`hello`: the name that this machine gives itself. Raises MailNotSent, MailRefused."""
    with _connected(server, hello) as link:
        try:
            link.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            _refuse("recipient", *next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            _refuse("message", error.smtp_code, error.smtp_error)


def _refuse(step: str, status: int, said: Any) -> None:
    kind = MailRefused if 500 <= status < 600 else MailNotSent
    raise kind(f"The mail server did not take the {step} ({_numbers(status, said)}).") from None


def _numbers(status: int, said: Any) -> str:
    enhanced = _ENHANCED.match(said) if isinstance(said, bytes) else None
    return f"{status} {enhanced[0].decode()}" if enhanced else str(status)


def greet(server: Server, *, hello: str) -> None:
    """Goes as far as to sign in, and sends nothing. Raises MailNotSent."""
    with _connected(server, hello):
        pass


@contextmanager
def _connected(server: Server, hello: str) -> Iterator[smtplib.SMTP]:
    """Certificates are verified. Raises MailNotSent for everything that goes wrong on the way, also in the body."""
    try:
        with _opened(server, hello) as link:
            if server.security == STARTTLS:  # raises where the server does not offer it: nothing goes in the clear
                link.starttls(context=ssl.create_default_context())
            if server.user:
                link.login(server.user, server.password)
            yield link
    except smtplib.SMTPResponseException as error:
        raise MailNotSent(f"The mail server refused ({_numbers(error.smtp_code, error.smtp_error)}).") from None
    except ssl.SSLCertVerificationError as error:
        raise MailNotSent(f"The mail server's certificate does not hold: {error.verify_message}.") from None
    except (OSError, UnicodeError) as error:
        raise MailNotSent(f"The mail server cannot be used ({type(error).__name__}).") from None


def _opened(server: Server, hello: str) -> smtplib.SMTP:
    where: dict[str, Any] = {"host": server.host, "port": server.port, "local_hostname": hello, "timeout": _SECONDS}
    if server.security == TLS:
        return smtplib.SMTP_SSL(**where, context=ssl.create_default_context())
    return smtplib.SMTP(**where)
