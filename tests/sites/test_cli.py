"""What an operator types."""

import pytest
from click.testing import CliRunner

from consent import clock
from consent.accounts import deeds, roles
from consent.cli import main
from consent.db import db
from tests.admin.people import new_user
from tests.ledger.site_log import SiteLog


@pytest.fixture
def run(app):
    def invoke(*arguments):
        return CliRunner().invoke(main, arguments)

    return invoke


def test_a_site_is_made_listed_and_moved(run):
    made = run("site", "create", "--name", "Shop", "--origin", "https://shop.example", "--key", "shop")
    assert (made.exit_code, made.output) == (0, "shop\n")
    assert "https://shop.example" in run("site", "list").output
    assert run("site", "origins", "shop", "https://new.example").output == "https://new.example\n"


def test_an_empty_list_says_what_to_do_next(run):
    assert "consent site create" in run("site", "list").output


def test_a_wrong_origin_is_said_plainly_with_exit_code_1(run):
    result = run("site", "create", "--name", "Shop", "--origin", "shop.example")
    assert result.exit_code == 1
    assert "is not an origin" in result.output
    assert "Traceback" not in result.output


def test_a_token_is_shown_once_listed_without_itself_and_revoked(run, site):
    made = run("token", "create", "--role", "auditor", "--site", "example", "--label", "Audit 2026")
    token = made.output.splitlines()[0]
    assert token.startswith("cst_")
    listed = run("token", "list", "--site", "example").output
    assert "auditor" in listed
    assert token not in listed
    assert run("token", "revoke", "1").output == "Revoked.\n"
    assert run("token", "revoke", "1").exit_code == 1


def test_the_settings_table_needs_no_settings(monkeypatch):
    monkeypatch.delenv("CONSENT_SECRET_KEYS", raising=False)
    result = CliRunner().invoke(main, ["config"])
    assert result.exit_code == 0
    assert "CONSENT_SECRET_KEYS" in result.output


def test_missing_settings_are_named_and_nothing_starts(monkeypatch):
    monkeypatch.delenv("CONSENT_SECRET_KEYS", raising=False)
    result = CliRunner().invoke(main, ["site", "list"])
    assert result.exit_code == 1
    assert "CONSENT_SECRET_KEYS is not set" in result.output


def test_seeded_records_can_be_exported(run, site, tmp_path):
    assert run("seed", "--site", "example", "--records", "50").exit_code == 0
    output = tmp_path / "log.csv"
    assert (
        run(
            "audit",
            "export",
            "--site",
            "example",
            "--since",
            "2020-01-01",
            "--reason",
            "audit",
            "--output",
            str(output),
        ).exit_code
        == 0
    )
    assert len(output.read_text().splitlines()) == 51


def test_seeded_records_are_in_the_log(run, site):
    assert run("seed", "--site", "example", "--records", "300").exit_code == 0
    log = SiteLog(site)
    assert (log.head.size, log.pending()) == (302, 0), "with the publication of the policy, and the step back from it"
    assert log.damage() == []
    assert b'"decision":' in log.entries()[-1].evidence


def test_a_role_is_granted_on_the_command_line_and_is_a_deed(run, site):
    anna = new_user("anna@example.com")
    granted = run("user", "grant", "Anna@example.com", "--site", "example", "--role", "owner")
    assert (granted.exit_code, granted.output) == (0, "anna@example.com is now owner of example.\n")
    with db.engine.connect() as connection:
        assert roles.role_of(connection, anna.id, site.id, clock.now()) == "owner"
        ((deed,), _) = deeds.of_site(connection, site.id)
    assert (deed.what, deed.by) == ("role_granted", None)
    assert deed.details == {"user_id": anna.id, "role": "owner", "until": None}
    assert SiteLog(site).damage() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody@example.com", "--site", "example", "--role", "editor"), "[user_unknown]"),
        (("anna@example.com", "--site", "nobody", "--role", "editor"), "[site_unknown]"),
        (("anna@example.com", "--site", "example", "--role", "root"), "Invalid value for '--role'"),
        (("anna@example.com", "--site", "example", "--role", "owner", "--until", "2027-01-31"), "[role_ends_wrongly]"),
        (
            ("anna@example.com", "--site", "example", "--role", "auditor", "--until", "2020-01-31"),
            "[role_ends_wrongly]",
        ),
    ],
)
def test_a_role_that_cannot_be_granted_is_said_plainly(run, site, arguments, said):
    new_user("anna@example.com")
    result = run("user", "grant", *arguments)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_the_last_owner_stays_one_on_the_command_line_too(run, site):
    new_user("anna@example.com", owns="example")
    result = run("user", "grant", "anna@example.com", "--site", "example", "--role", "editor")
    assert (result.exit_code, "[last_owner]" in result.output) == (1, True)
