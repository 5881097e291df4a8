"""The registers on the command line."""

import pytest
from click.testing import CliRunner

from consent.registers.cli import register
from consent.registers.reading import RegisterInvalid
from tests.registering import CONFIRMATION, TRANSFER

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def options(given):
    named = {("service" if name == "service_id" else name): value for name, value in given.items() if value}
    return [part for name, value in named.items() for part in (f"--{name.replace('_', '-')}", value)]


def run(*arguments):
    return CliRunner().invoke(register, arguments)


@pytest.mark.parametrize(("kind", "given"), [("transfers", TRANSFER), ("confirmations", CONFIRMATION)])
def test_the_command_line_adds_lists_corrects_and_exports(site, kind, given):
    key = ("--site", site.key)
    assert "The register is empty" in run(kind, "list", *key).output
    assert "Added as entry 1" in run(kind, "add", *key, *options(given)).output
    assert "Added as entry 2" in run(kind, "add", *key, *options(given), "--corrects", "1").output
    assert given["service_id"] in run(kind, "list", *key).output
    lines = run(kind, "export", *key).output.splitlines()
    assert lines[0].startswith("entry,added_time,service_id,recipient,")
    assert "山田 花子" in run(kind, "export", *key).output


def test_the_command_line_says_what_is_wrong(site):
    answer = run("transfers", "add", "--site", site.key, "--service", "ga4")
    assert isinstance(answer.exception, RegisterInvalid)
    assert "recipient: missing" in answer.exception.detail
    assert run("transfers", "add", "--site", site.key, "--service", "ga4", "--basis", "habit").exit_code == 2
