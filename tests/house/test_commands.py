"""The commands hang in the `consent` command by name, so nothing but a test sees that each name leads somewhere."""

import subprocess
import sys

import click
import pytest

from consent.cli import COMMANDS, NEED_NO_SETTINGS, main

CONTEXT = click.Context(main)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_name_leads_to_the_command_of_that_name(name):
    assert main.get_command(CONTEXT, name).name == name


def test_what_needs_no_settings_is_a_command():
    for words in map(str.split, NEED_NO_SETTINGS):
        command = main
        for word in words:
            command = command.get_command(CONTEXT, word)
            assert command is not None, words


@pytest.mark.parametrize(("arguments", "loaded"), [(["verify", "--help"], False), (["site", "--help"], True)])
def test_an_auditor_who_verifies_loads_no_web_server_and_no_database(arguments, loaded):
    program = (
        "import sys\nfrom consent.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'flask', 'sqlalchemy'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == str(["flask", "sqlalchemy"] if loaded else [])
