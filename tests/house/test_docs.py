"""What the documentation says and a test can check."""

import re
import subprocess
from pathlib import Path

import pytest

from consent import config
from consent.catalogue.cli import as_markdown
from tests.house.test_floors import FLOORS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "benchmarks" / "README.md"])


def block(text, name):
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.S).group(1).strip()


def test_the_readme_carries_the_settings_table():
    assert block((ROOT / "README.md").read_text(), "settings") == config.as_markdown()


def test_the_table_of_presets_is_what_the_catalogue_says():
    text = (ROOT / "docs" / "reference" / "presets.md").read_text("utf-8")
    assert block(text, "presets") == as_markdown()


def test_the_architecture_carries_the_table_of_the_floors():
    text = block((ROOT / "docs" / "architecture.md").read_text(), "floors")
    found = {
        int(floor): set(re.findall(r"`(\w+)`", rooms)) for floor, rooms in re.findall(r"\| (\d+) \| (.*) \|", text)
    }
    assert found == FLOORS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text())
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


def committed():
    """(name, text) of every file that is in git, but for this one and for pictures."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        if name != "tests/house/test_docs.py" and (ROOT / name).suffix not in (".png", ".svg", ".ico"):
            yield name, (ROOT / name).read_text(errors="replace")


def test_every_document_that_a_comment_names_is_there():
    named = re.compile(r"\bdocs/(?:[\w-]+/)*[\w-]+\.md|\bdocs/adr/\d{4}\b")
    places = {(document, name) for name, text in committed() for document in named.findall(text)}
    assert len(places) > 50
    there = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
    assert [pair for pair in places if not any(each.startswith(pair[0]) for each in there)] == []


def test_the_makefile_targets_of_the_documentation_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {target for path in DOCUMENTS for target in re.findall(r"`make ([a-z-]+)`", path.read_text())}
    assert named <= targets


def test_the_commands_of_the_documentation_exist():
    import click

    from consent.cli import main

    def known(words):
        command = main
        for word in words:
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
            if command is None:
                return False
        return True

    text = "\n".join(path.read_text() for path in DOCUMENTS)
    named = re.findall(r"(?:^|`)consent ((?:[a-z-]+ ?){1,2})", text, re.M)
    assert [words for words in named if not known(words.split())] == []


def test_nothing_of_this_machine_or_of_a_registry_is_committed():
    hosts = re.compile(r"registry\.npmjs|files\.pythonhosted|pypi\.org/simple|deb\.debian\.org")
    assert [name for name, text in committed() if hosts.search(text)] == []
