"""Mail against a real SMTP server: TLS or nothing, one recipient, and errors that name nobody."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from consent import config, mail
from consent.mail import MailNotSent, MailRefused, compose, send, server_of
from tests.conftest import SECRET
from tests.mailbox import PASSWORD, USER, make_certificate, running

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HELLO = "consent.example.net"
SIGNED_IN = f"{USER}:{quote(PASSWORD, safe='')}@"


def letter(to="anna@example.com", subject="招待 – an invitation", text="こんにちは、Anna.\n\nhttps://example.net/x\n"):
    return compose(sender="Consent <noreply@example.net>", to=to, subject=subject, text=text, now=NOW)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate


def test_a_message_goes_over_starttls_with_a_password_and_arrives_as_it_was_written(trusted):
    with running(trusted) as (mailbox, port):
        send(server_of(f"smtp://{SIGNED_IN}127.0.0.1:{port}"), letter(), hello=HELLO)
    (message,) = mailbox.messages
    assert mailbox.tls == [True]
    assert mailbox.recipients == [["anna@example.com"]]
    assert message["Subject"] == "招待 – an invitation"
    assert message["From"] == "Consent <noreply@example.net>"
    assert message["Date"] == "Sun, 01 Mar 2026 09:00:00 +0000"
    assert message["Message-ID"].endswith("@example.net>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == "こんにちは、Anna.\n\nhttps://example.net/x\n"


def test_a_message_is_seven_bit_on_the_wire():
    assert letter().as_bytes().isascii()


def test_a_message_goes_over_tls_from_the_start(trusted):
    with running(trusted, starttls=False) as (mailbox, port):
        send(server_of(f"smtps://127.0.0.1:{port}"), letter(), hello=HELLO)
    assert mailbox.tls == [True]


def test_a_server_without_starttls_gets_nothing_unless_it_was_said_so():
    with running() as (mailbox, port):
        with pytest.raises(MailNotSent):
            send(server_of(f"smtp://127.0.0.1:{port}"), letter(), hello=HELLO)
        assert mailbox.messages == []
        send(server_of(f"smtp://127.0.0.1:{port}?tls=off"), letter(), hello=HELLO)
        assert len(mailbox.messages) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_password(certificate):
    with running(certificate) as (mailbox, port), pytest.raises(MailNotSent, match="certificate does not hold"):
        send(server_of(f"smtp://{SIGNED_IN}127.0.0.1:{port}"), letter(), hello=HELLO)
    assert mailbox.messages == []


def test_a_certificate_of_another_name_gets_no_password(trusted):
    with running(trusted) as (mailbox, port), pytest.raises(MailNotSent, match="certificate does not hold"):
        send(server_of(f"smtp://{SIGNED_IN}localhost:{port}"), letter(), hello=HELLO)
    assert mailbox.messages == []


def test_a_wrong_password_is_worth_another_try_for_the_operator_may_mend_it(trusted):
    with running(trusted) as (_, port), pytest.raises(MailNotSent, match="535"):
        send(server_of(f"smtp://{USER}:wrong@127.0.0.1:{port}"), letter(), hello=HELLO)


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "kind", "numbers"),
    [
        ("550 5.1.1 <anna@example.com>: no such person", MailRefused, "550 5.1.1"),
        ("451 4.7.1 greylisted, anna@example.com", MailNotSent, "451 4.7.1"),
        ("552 anna's mailbox is full", MailRefused, "552"),
    ],
)
def test_what_the_server_does_not_take_is_told_in_numbers_and_names_nobody(step, answer, kind, numbers):
    with running() as (mailbox, port):
        mailbox.answers[step].append(answer)
        with pytest.raises(kind) as refused:
            send(server_of(f"smtp://127.0.0.1:{port}?tls=off"), letter(), hello=HELLO)
    assert type(refused.value) is kind
    assert f"({numbers})" in refused.value.detail
    assert "anna" not in refused.value.detail


def test_nobody_there_is_worth_another_try():
    with running() as (_, port):
        pass
    with pytest.raises(MailNotSent, match="ConnectionRefusedError"):
        send(server_of(f"smtp://127.0.0.1:{port}"), letter(), hello=HELLO)


@pytest.mark.parametrize("subject", ["A\r\nBcc: eve@example.com", "A\nBcc: eve@example.com", "A\r\n\r\nA body"])
def test_a_line_break_in_the_subject_begins_no_header_and_no_body(subject):
    made = letter(subject=subject)
    assert made["Bcc"] is None
    assert made["Subject"] == " ".join(subject.split())
    assert made.get_content().startswith("こんにちは")


@pytest.mark.parametrize(
    "to", ["anna@example.com\r\nBcc: eve@example.com", "anna\n@example.com", "@example.com", "anna@", "anna", ""]
)
def test_what_is_no_address_is_refused(to):
    with pytest.raises(MailRefused):
        letter(to=to)


@pytest.mark.parametrize("to", ["anna,eve@example.com", "anna<eve@example.com", 'a"b@example.com', "a;b:c@example.com"])
def test_an_address_with_signs_in_it_is_one_recipient(to):
    with running() as (mailbox, port):
        send(server_of(f"smtp://127.0.0.1:{port}?tls=off"), letter(to=to), hello=HELLO)
    (message,) = mailbox.messages
    (recipient,) = message["To"].addresses
    assert f"{recipient.username}@{recipient.domain}" == to
    assert len(mailbox.recipients[0]) == 1


def test_a_domain_in_other_letters_is_written_as_the_internet_has_it():
    assert letter(to="anna@例え.jp")["To"] == "anna@xn--r8jz45g.jp"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example.com:25", "must be such as"),
        ("http://mail.example.com", "must be such as"),
        ("smtp://", "must be such as"),
        ("smtp://mail.example.com/path", "must be such as"),
        ("smtp://mail.example.com?tls=maybe", "neither"),
        ("smtps://mail.example.com?tls=off", "neither"),
        ("smtp://anna:secret@mail.example.com?tls=off", "without TLS"),
    ],
)
def test_an_address_of_a_server_that_does_not_fit_stops_the_start_and_is_not_repeated(url, said):
    with pytest.raises(config.ConfigError, match=said) as refused:
        config.load({"CONSENT_SECRET_KEYS": SECRET, "CONSENT_SMTP_URL": url, "CONSENT_MAIL_FROM": "a@example.com"})
    assert "secret" not in str(refused.value)


def test_a_server_without_a_sender_stops_the_start():
    with pytest.raises(config.ConfigError, match="CONSENT_SMTP_URL needs CONSENT_MAIL_FROM"):
        config.load({"CONSENT_SECRET_KEYS": SECRET, "CONSENT_SMTP_URL": "smtp://mail.example.com"})


@pytest.mark.parametrize("sender", ["nobody", "Consent <>", "a@example.com\nBcc: b@example.com"])
def test_a_sender_that_is_no_address_stops_the_start(sender):
    with pytest.raises(config.ConfigError, match="CONSENT_MAIL_FROM must be such as"):
        config.load({"CONSENT_SECRET_KEYS": SECRET, "CONSENT_MAIL_FROM": sender})


def test_the_usual_ports_and_an_encoded_password():
    assert server_of("smtp://u:p%40ss@mail.example.com") == mail.Server(
        "mail.example.com", 587, "starttls", "u", "p@ss"
    )
    assert server_of("smtps://mail.example.com").port == 465
    assert server_of("smtp://localhost?tls=off").port == 25
