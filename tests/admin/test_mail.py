"""What the web UI writes to people: links for new passwords, and invitations. The SMTP server is real."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select, update

from consent import clock, db, logs, worker
from consent.accounts import links, second_factor
from consent.accounts.models import user_table
from consent.accounts.safe import Seal
from consent.jobs import job_table
from tests.admin.people import ORIGIN, PASSWORD, Person
from tests.conftest import SECRET
from tests.mailbox import running

SENDER = "Consent <noreply@example.net>"
NEW = "a long new password"


@pytest.fixture
def mailbox():
    with running() as (mailbox, port):
        mailbox.settings = {"smtp_url": f"smtp://127.0.0.1:{port}?tls=off", "mail_from": SENDER}
        yield mailbox


@pytest.fixture
def mailing(app_with, mailbox, site):
    """The platform with mail."""
    app = app_with(**mailbox.settings)
    with app.app_context():
        yield app


@pytest.fixture
def listen(mailing, capsys):
    """From when it is called: returns what reads the worker's log."""

    def start():
        logs.configure(replace(mailing.extensions["consent.config"], log_level="info"))
        return lambda: capsys.readouterr().err

    return start


@pytest.fixture
def anna(mailing):
    return Person(mailing, "anna@example.com")


def ask(person, email):
    return person.post("/admin/forgotten", {"email": email})


def links_in(message):
    return re.findall(rf"{ORIGIN}/admin/links/(\S+)", message.get_content())


def follow(person, message):
    (rest,) = links_in(message)
    assert person.get(f"/admin/links/{rest}").status_code == 303
    return person.post("/admin/arrive", {"password": NEW})


def test_the_page_for_signing_in_offers_a_new_password_by_mail(anna):
    assert 'href="/admin/forgotten?lang=en"' in anna.get("/admin/sign-in?lang=en").text
    assert "consent user reset-link" not in anna.get("/admin/sign-in?lang=en").text


def test_without_a_mail_server_it_names_the_command_and_there_is_nothing_to_ask(app):
    anna = Person(app, "anna@example.com")
    assert "consent user reset-link" in anna.get("/admin/sign-in").text
    assert "/admin/forgotten" not in anna.get("/admin/sign-in").text
    assert anna.get("/admin/forgotten").location == "/admin/sign-in"
    assert ask(anna, anna.email).location == "/admin/sign-in"
    assert worker.run_job() is False


def test_whoever_has_forgotten_the_password_gets_a_link_that_works_once(mailing, anna, mailbox):
    assert ask(anna, " Anna@Example.com ").status_code == 303
    assert mailbox.messages == [], "never inside the request"
    worker.run_job()
    (message,) = mailbox.messages
    assert message["To"] == "anna@example.com"
    assert message["Subject"] == "A new password for your account"
    assert follow(anna, message).location == "/admin/"
    assert anna.elsewhere(mailing).sign_in(NEW).status_code == 303
    assert anna.get(f"/admin/links/{links_in(message)[0]}").status_code == 303
    assert anna.get("/admin/arrive").status_code == 404


def test_the_letter_is_in_the_language_of_its_reader(mailing, mailbox):
    haruka = Person(mailing, "haruka@example.com", language="ja")
    ask(haruka, haruka.email)
    worker.run_job()
    (message,) = mailbox.messages
    assert message["Subject"] == "パスワードの再設定"
    assert "2時間、1回だけ" in message.get_content()
    assert links_in(message)[0].endswith("?lang=ja")


@pytest.mark.parametrize(
    "email", ["nobody@example.com", "no address", "", "a" * 1000, "x@example.com\r\nBcc: y@z.example"]
)
def test_an_unknown_address_gets_the_same_answer_by_the_same_work_and_no_letter(mailing, anna, mailbox, email):
    known, unknown = ask(anna, anna.email), ask(anna, email)
    assert (known.status_code, known.location, known.text) == (unknown.status_code, unknown.location, unknown.text)
    assert len(rows()) == 2, "one job each: the time tells nothing"
    while worker.run_job():
        pass
    assert [message["To"] for message in mailbox.messages] == [anna.email]


def test_somebody_who_was_disabled_gets_no_link(anna, mailbox):
    off = update(user_table).where(user_table.c.id == anna.user.id).values(disabled_ms=1)
    db.transact(lambda connection: connection.execute(off))
    ask(anna, anna.email)
    worker.run_job()
    assert mailbox.messages == []


def test_nobody_fills_a_mailbox_and_an_address_may_not_ask_as_often_as_it_likes(anna, mailbox):
    with time_machine.travel(clock.now().replace(minute=0), tick=False):
        answers = [ask(anna, anna.email).status_code for _ in range(6)]
        assert answers == [303] * 5 + [429]
        while worker.run_job():
            pass
    assert len(mailbox.messages) == 1


def test_the_link_leads_to_the_platform_whatever_host_the_request_names(anna, mailbox):
    evil = "https://evil.example"
    anna.client.post(
        "/admin/forgotten", base_url=evil, data={"email": anna.email}, headers={"Origin": evil, "Host": "evil.example"}
    )
    worker.run_job()
    assert "evil" not in mailbox.messages[0].get_content()
    assert len(links_in(mailbox.messages[0])) == 1


def test_a_link_for_a_new_password_does_not_go_around_the_second_factor(anna, mailbox):
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    on = {"seal": Seal((SECRET,)), "code": code, "now": clock.now()}
    db.transact(lambda connection: second_factor.turn_on(connection, anna.user, secret, **on))
    ask(anna, anna.email)
    worker.run_job()
    assert follow(anna, mailbox.messages[0]).location == "/admin/second-factor?next=/admin/"
    assert anna.get("/admin/account").status_code == 303
    assert anna.post("/admin/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())}).location == "/admin/"


@pytest.mark.parametrize("how", ["by the other link", "under Your account"])
def test_once_there_is_a_new_password_older_links_open_nothing(mailing, anna, mailbox, how):
    older = db.transact(lambda c: links.create(c, purpose="reset", email=anna.email, now=clock.now()))
    if how == "by the other link":
        ask(anna, anna.email)
        worker.run_job()
        follow(anna, mailbox.messages[0])
    else:
        anna.sign_in()
        anna.post("/admin/account/password", {"present": PASSWORD, "password": NEW})
    anna.get(f"/admin/links/{older}")
    assert anna.get("/admin/arrive").status_code == 404


def rows():
    """The letters that are queued or were sent."""
    with db.db.engine.connect() as connection:
        return connection.execute(select(job_table).where(job_table.c.kind == "mail")).all()


def test_what_is_queued_tells_neither_whom_nor_the_link_and_goes_an_hour_after_it_is_over(anna, mailbox, site):
    anna.becomes("owner", site).sign_in()
    ask(anna, anna.email)
    page = anna.post(f"/admin/sites/{site.key}/people/invitations", {"email": "ken@example.com", "role": "editor"}).text
    (token,) = re.findall(r"/admin/links/([\w-]+)", page)
    queued = str(rows())
    for secret in (anna.email, "ken@example.com", token):
        assert secret not in queued
    while worker.run_job():
        pass
    assert {row.state for row in rows()} == {"done"}
    assert "ken@example.com" not in str(rows())
    with time_machine.travel(clock.now() + timedelta(minutes=59)):
        worker.housekeeping()
        assert len(rows()) == 2
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        worker.housekeeping()
        assert rows() == []


def test_a_letter_that_cannot_be_sent_is_tried_again_after_longer_and_longer_and_then_given_up(anna, mailbox, listen):
    logged = listen()
    mailbox.answers["RCPT"] = ["451 4.3.0 <anna@example.com> later"] * 5
    with time_machine.travel(clock.now(), tick=False) as moment:
        ask(anna, anna.email)
        tries = 0
        for _ in range(90):
            tries += worker.run_job()
            moment.shift(timedelta(minutes=1))
    assert tries == 5
    assert mailbox.messages == []
    (row,) = rows()
    assert (row.state, row.error) == ("failed", "The mail server did not take the recipient (451 4.3.0).")
    failures = [line for line in logged().splitlines() if "job_failed" in line]
    assert len(failures) == 5
    assert ['"given_up": true' in line for line in failures] == [False] * 4 + [True]
    assert "anna" not in "".join(failures)


def test_the_log_of_an_invitation_that_cannot_be_sent_names_nobody_and_holds_no_token(anna, mailbox, site, listen):
    logged = listen()
    anna.becomes("owner", site).sign_in()
    page = anna.post(f"/admin/sites/{site.key}/people/invitations", {"email": "ken@example.com", "role": "editor"}).text
    (token,) = re.findall(r"/admin/links/([\w-]+)", page)
    mailbox.answers["DATA"] = [f"451 not now, ken@example.com, with your {token}"]
    worker.run_job()
    written = logged()
    assert "job_failed" in written
    assert "ken@" not in written + rows()[0].error
    assert token not in written + rows()[0].error


def test_a_letter_goes_when_the_server_takes_it_again(anna, mailbox):
    mailbox.answers["DATA"] = ["421 4.3.2 shutting down"]
    with time_machine.travel(clock.now(), tick=False) as moment:
        ask(anna, anna.email)
        worker.run_job()
        assert mailbox.messages == []
        moment.shift(timedelta(minutes=1))
        worker.run_job()
    assert len(mailbox.messages) == 1


def test_a_recipient_that_is_refused_for_good_is_not_tried_again(anna, mailbox, listen):
    logged = listen()
    mailbox.answers["RCPT"] = ["550 5.1.1 <anna@example.com> unknown"]
    ask(anna, anna.email)
    worker.run_job()
    assert [row.state for row in rows()] == ["done"]
    (line,) = [line for line in logged().splitlines() if "mail_refused" in line]
    assert "550 5.1.1" in line
    assert "anna" not in line


def test_an_invitation_is_shown_and_mailed(mailing, anna, mailbox, site):
    anna.becomes("owner", site).sign_in()
    assert "They get the link by mail" in anna.get(f"/admin/sites/{site.key}/people").text
    page = anna.post(f"/admin/sites/{site.key}/people/invitations", {"email": "ken@example.com", "role": "editor"}).text
    assert "on its way to ken@example.com" in page
    worker.run_job()
    (message,) = mailbox.messages
    assert (message["To"], message["Subject"]) == ("ken@example.com", "Invitation to Example")
    assert "Anna invites you" in message.get_content()
    (rest,) = links_in(message)
    assert rest.partition("?")[0] in page
    guest = mailing.test_client()
    guest.get(f"/admin/links/{rest}", base_url=ORIGIN)
    assert "You have been invited" in guest.get("/admin/arrive?lang=en", base_url=ORIGIN).text


def test_an_invitation_that_was_withdrawn_meanwhile_is_not_mailed(anna, mailbox, site):
    anna.becomes("owner", site).sign_in()
    anna.post(f"/admin/sites/{site.key}/people/invitations", {"email": "ken@example.com", "role": "editor"})
    (link,) = re.findall(r"invitations/(\d+)/withdraw", anna.get(f"/admin/sites/{site.key}/people").text)
    anna.post(f"/admin/sites/{site.key}/people/invitations/{link}/withdraw")
    worker.run_job()
    assert mailbox.messages == []


def test_an_invitation_that_was_not_made_is_not_mailed(anna, mailbox, site):
    anna.becomes("owner", site).sign_in()
    anna.post(f"/admin/sites/{site.key}/people/invitations", {"email": anna.email, "role": "editor"})
    assert worker.run_job() is False


def test_a_name_with_a_line_break_writes_no_header_into_the_letter(mailing, mailbox, site):
    eve = Person(mailing, "eve@example.com").becomes("owner", site)
    eve.sign_in()
    eve.post("/admin/account/profile", {"name": "Eve\r\nBcc: x@example.com", "language": "ja", "time_zone": "UTC"})
    eve.post(f"/admin/sites/{site.key}/people/invitations", {"email": "ken@example.com", "role": "editor"})
    worker.run_job()
    (message,) = mailbox.messages
    assert message["Bcc"] is None
    assert mailbox.recipients == [["ken@example.com"]]
    assert message["Subject"] == "「Example」への招待"
