"""Mail to people, queued in the transaction of what it is about and sent by the worker.

What is queued is sealed: it names people, and an invitation's link is a key. It is deleted soon after it is over.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import current_app
from sqlalchemy import Connection

from consent import clock, jobs, mail
from consent.accounts import letters, links, signin
from consent.accounts.letters import Letter
from consent.accounts.links import INVITATION, RESET, LinkUnknown
from consent.accounts.safe import Seal, token_hash
from consent.config import Config
from consent.db import db, transact

KIND = "mail"
KEPT = timedelta(hours=1)
ONE_RESET_IN_S = 300

log = structlog.get_logger("mail")


def _config() -> Config:
    found: Config = current_app.extensions["consent.config"]
    return found


def _seal() -> Seal:
    found: Seal = current_app.extensions["consent.seal"]
    return found


def enqueue_reset(connection: Connection, email: str, *, seal: Seal, now: datetime) -> None:
    """The same work whether or not somebody has this address, so that neither the answer nor its time says which.

    At most one letter in a few minutes: nobody fills somebody else's mailbox.
    """
    email = email.strip().lower()[:254]
    key = f"{token_hash(email)}:{int(now.timestamp()) // ONE_RESET_IN_S}"
    _enqueue(connection, RESET, key, {"to": email}, seal, now)


def enqueue_invitation(
    connection: Connection, token: str, *, by: str, site: str, language: str, seal: Seal, now: datetime
) -> None:
    """`token`: of a link that was made in the same transaction."""
    said = {"token": token, "by": by, "site": site, "language": language}
    _enqueue(connection, INVITATION, token_hash(token), said, seal, now)


def _enqueue(connection: Connection, purpose: str, key: str, said: dict[str, str], seal: Seal, now: datetime) -> None:
    sealed = seal.close(json.dumps({"purpose": purpose, **said})).decode()
    arguments = {"sealed": sealed}
    jobs.enqueue(connection, KIND, key=f"{KIND}:{purpose}:{key}", site_id=jobs.NO_SITE, arguments=arguments, now=now)


def run(job: jobs.Job, _report: jobs.Report) -> Any:
    """Raises MailNotSent. Starting again writes again: whoever gets two letters has lost nothing."""
    opened = _seal().open(job.arguments["sealed"].encode())
    letter = _letter(json.loads(opened)) if opened else None
    if letter is None:
        return {"sent": False}
    try:
        _send(letter)
    except mail.MailRefused as error:
        log.warning("mail_refused", job=job.id, detail=error.detail)
        return {"sent": False}
    return {"sent": True}


def _letter(said: dict[str, str]) -> Letter | None:
    """None where there is nothing to say any more."""
    return _reset(said["to"]) if said["purpose"] == RESET else _invitation(said)


def _reset(email: str) -> Letter | None:
    """The link is made here: until somebody can be sent it, it is nowhere."""
    now = clock.now()
    with db.engine.connect() as connection:
        row = signin.look_up(connection, email)
    if row is None or row.disabled_ms is not None:
        return None
    token = transact(lambda connection: links.create(connection, purpose=RESET, email=row.email, now=now))
    return letters.reset(to=row.email, link=_address(token, row.language), platform=_host(), language=row.language)


def _invitation(said: dict[str, str]) -> Letter | None:
    """In the words of whoever invites, until the invited have said which language is theirs."""
    with db.engine.connect() as connection:
        try:
            link = links.find(connection, said["token"], clock.now())
        except LinkUnknown:
            return None  # withdrawn or accepted meanwhile
        known = signin.look_up(connection, link.email or "")
    language = known.language if known else said["language"]
    about = {"by": said["by"], "site": said["site"], "role": link.role or ""}
    return letters.invitation(to=link.email or "", link=_address(said["token"], language), language=language, **about)


def _address(token: str, language: str) -> str:
    return f"{links.address(token, _config().public_url)}?lang={language}"


def _host() -> str:
    return urlsplit(_config().public_url).hostname or ""


def _send(letter: Letter) -> None:
    """Raises MailNotSent, MailRefused."""
    config = _config()
    message = mail.compose(
        sender=config.mail_from, to=letter.to, subject=letter.subject, text=letter.text, now=clock.now()
    )
    mail.send(mail.server_of(config.smtp_url), message, hello=_host())


def forget_old() -> None:
    transact(lambda connection: jobs.forget(connection, KIND, finished_before=clock.now() - KEPT))
