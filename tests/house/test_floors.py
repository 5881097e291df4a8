"""Imports go down only. The table is the one of docs/architecture.md; both change in one commit, with an ADR."""

import ast
import re
import sys
from pathlib import Path

import pytest

CONSENT = Path(__file__).parents[2] / "consent"
FLOORS = {
    10: {"factory", "supervisor", "worker", "cli", "installation", "seed", "serve", "demo", "__main__"},
    9: {"admin", "ops"},
    8: {"banner", "visitors", "audit", "disclosure", "scanner", "retention", "statistics"},
    7: {"notices", "plain_pages", "records", "shown"},
    6: {"policies"},
    5: {"registers", "webhooks"},
    4: {"sites", "catalogue", "law"},
    3: {"accounts"},
    2: {"ledger"},
    1: {
        "clock",
        "config",
        "db",
        "durable",
        "errors",
        "http",
        "javascript",
        "jobs",
        "logs",
        "loop",
        "markup",
        "mail",
        "metrics",
        "own_data",
        "own_page",
        "phrases",
        "prepared",
        "ratelimit",
        "schema",
        "scrub",
        "security",
        "signing",
    },
    0: {"merkle"},
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
SHARING = {10, 1}  # single modules: they may import each other, without cycles
FILES = sorted(
    path for path in CONSENT.rglob("*.py") if "migrations" not in path.parts and path != CONSENT / "__init__.py"
)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "consent" and len(parts) > 1 else None


def imports_of(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "consent":
            found += [f"consent.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only: they name the room"
            found.append(node.module or "")
    return found


def wrong_imports(room: str, source: str) -> list[str]:
    wrong = []
    for module in imports_of(source):
        other = room_of(module)
        if other is None or other == room:
            continue
        same_floor = FLOOR_OF[other] == FLOOR_OF[room]
        if FLOOR_OF[other] > FLOOR_OF[room] or (same_floor and FLOOR_OF[room] not in SHARING):
            wrong.append(f"{room} (floor {FLOOR_OF[room]}) imports {other} (floor {FLOOR_OF[other]})")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONSENT)))
def test_a_room_imports_only_what_lies_below(path):
    room = path.relative_to(CONSENT).parts[0].removesuffix(".py")
    assert wrong_imports(room, path.read_text()) == []


def test_an_import_that_runs_up_or_sideways_is_found():
    assert wrong_imports("sites", "from consent.records import state") != []
    assert wrong_imports("audit", "from consent.banner import script") != []
    assert wrong_imports("sites", "from consent.db import db") == []


def test_merkle_needs_neither_flask_nor_a_database():
    for path in (CONSENT / "merkle").rglob("*.py"):
        foreign = {module.split(".")[0] for module in imports_of(path.read_text())}
        assert not foreign & {"flask", "sqlalchemy", "flask_sqlalchemy"}, path


def test_the_verifier_needs_cryptography_and_the_standard_library_alone():
    """An auditor runs it without Flask, a database or this server."""
    sources = [path for room in ("merkle", "audit/verify") for path in (CONSENT / room).rglob("*.py")]
    needed = {module for path in sources for module in imports_of(path.read_text())}
    own = {module for module in needed if room_of(module) or module == "consent"}
    assert {module for module in own if not module.startswith(("consent.merkle", "consent.audit.verify"))} == set()
    assert {module.split(".")[0] for module in needed - own} - sys.stdlib_module_names == {"cryptography"}


def test_only_one_module_begins_transactions():
    """Elsewhere `begin()` would do nothing on PostgreSQL, whose connections begin none by themselves: that is for `transact`."""
    beginning = {path for path in FILES if re.search(r"(engine|connection)\.(begin|commit)\(", path.read_text())}
    assert beginning == {CONSENT / "db.py"}


def test_every_room_has_a_floor():
    rooms = {path.relative_to(CONSENT).parts[0].removesuffix(".py") for path in FILES}
    assert rooms <= FLOOR_OF.keys()


def test_no_room_or_module_is_a_drawer():
    drawers = {"utils", "helpers", "common", "core", "base", "services", "manager"}
    assert not [path for path in FILES if path.stem in drawers or drawers & set(path.relative_to(CONSENT).parts)]
