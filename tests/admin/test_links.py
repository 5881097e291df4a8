"""One-time links: the first account, invitations, new passwords."""

import re

import pytest

from consent import clock, db
from consent.accounts import links, roles
from consent.accounts.cli import setup_link
from consent.cli import main
from tests.admin.people import ORIGIN, PASSWORD, Person

NEW = {
    "email": "ken@example.com",
    "name": "Ken",
    "password": "a long new password",
    "language": "en",
    "time_zone": "UTC",
}


class Browser:
    def __init__(self, app):
        self.client = app.test_client()

    def follow(self, address):
        answer = self.client.get(address.removeprefix(ORIGIN), base_url=ORIGIN)
        assert answer.status_code == 303
        return answer

    def get(self, path):
        return self.client.get(path, base_url=ORIGIN)

    def post(self, path, data):
        return self.client.post(path, base_url=ORIGIN, data=data, headers={"Origin": ORIGIN})


@pytest.fixture
def guest(app):
    return Browser(app)


def invitation(email, site, role="editor"):
    def unit(connection):
        return links.create(connection, purpose="invitation", email=email, site_id=site.id, role=role, now=clock.now())

    return f"{ORIGIN}/admin/links/{db.transact(unit)}"


def test_the_first_account_owns_the_sites_that_were_made_on_the_command_line(guest, site):
    answer = guest.follow(setup_link())
    assert re.search(r"/admin/arrive$", answer.location), "the token has left the address"
    assert "Create the first account" in guest.get("/admin/arrive").text
    assert guest.post("/admin/arrive", NEW).location == "/admin/"
    home = guest.get("/admin/").text
    assert "Example" in home
    assert "Owner" in home


def test_there_is_one_first_account(app, site):
    one, other = Browser(app), Browser(app)
    for each in (one, other):
        each.follow(setup_link())
    assert one.post("/admin/arrive", NEW).status_code == 303
    assert other.post("/admin/arrive", {**NEW, "email": "eve@example.com"}).status_code == 404
    assert setup_link() is None


@pytest.mark.parametrize(
    "spoilt", [{"password": "short"}, {"email": "nobody"}, {"name": " "}, {"time_zone": "Mars/Base"}]
)
def test_what_is_wrong_is_said_and_the_link_is_not_used_up(guest, spoilt):
    guest.follow(setup_link())
    assert guest.post("/admin/arrive", {**NEW, **spoilt}).status_code == 422
    assert guest.post("/admin/arrive", NEW).status_code == 303


def test_nobody_becomes_a_creator_of_sites_by_a_field_that_the_form_does_not_have(guest, site, app):
    guest.follow(invitation("ken@example.com", site))
    guest.post("/admin/arrive", {**NEW, "may_create_sites": "true", "role": "owner", "purpose": "setup"})
    with db.db.engine.connect() as connection:
        (ken,) = roles.members(connection, site.id)
    assert (ken.email, ken.role) == ("ken@example.com", "editor")


def test_whoever_has_an_account_accepts_an_invitation_only_after_signing_in(app, guest, site):
    anna = Person(app, "anna@example.com")
    guest.follow(invitation(anna.email, site, "auditor"))
    assert guest.post("/admin/arrive", {}).location == "/admin/sign-in?next=/admin/arrive"
    guest.post("/admin/sign-in", {"email": anna.email, "password": PASSWORD})
    assert guest.post("/admin/arrive", {}).location == "/admin/"
    assert "Auditor" in guest.get("/admin/").text


def test_a_new_password_ends_all_sessions(app, guest):
    anna = Person(app, "anna@example.com")
    anna.sign_in()
    printed = app.test_cli_runner().invoke(main, ["user", "reset-link", "Anna@example.com"], catch_exceptions=False)
    guest.follow(printed.output.strip())
    assert guest.post("/admin/arrive", {"password": "another long password"}).status_code == 303
    assert anna.get("/admin/").status_code == 303
    assert anna.sign_in().status_code == 401
    assert anna.sign_in("another long password").status_code == 303


def test_a_link_works_once_and_not_for_ever(guest, site):
    address = setup_link()
    guest.follow(address)
    guest.post("/admin/arrive", NEW)
    guest.follow(address)
    answer = guest.get("/admin/arrive")
    assert answer.status_code == 404
    assert "does not work any more" in answer.text


def test_the_token_of_a_link_is_in_no_log_and_in_no_address_that_is_kept(app_with, site, capsys):
    client = app_with(log_level="info").test_client()
    address = setup_link()
    token = address.rpartition("/")[2]
    answer = client.get(address.removeprefix(ORIGIN), base_url=ORIGIN)
    page = client.get(answer.location, base_url=ORIGIN)
    logged = capsys.readouterr().err
    assert "/admin/links/<token>" in logged
    assert token not in logged
    assert token not in answer.location
    assert token not in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "private, no-store"
