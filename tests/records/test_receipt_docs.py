"""The program that docs/receipts.md gives to a visitor's lawyer does what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from consent import clock
from consent.db import db, transact
from consent.ledger import sequencer
from consent.ledger.keys import public_keys
from consent.ledger.ledger import ledger
from consent.merkle.promise import key_name
from tests.records.erasing import erase

ROOT = Path(__file__).parents[2]
PROGRAM = re.search(
    r"<!-- check -->\n```python\n(.*?)```", (ROOT / "docs" / "receipts.md").read_text("utf-8"), re.S
).group(1)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def copy(client, visitor, site):
    token = visitor.decide("reject_all").json["receipt"]["token"]
    transact(sequencer.unit(site.id, clock.to_ms(clock.now())))
    ledger().publisher.publish(site.id, clock.now())
    return client.get(f"/api/v1/receipts/{token}/copy").json


@pytest.fixture
def check(site, tmp_path):
    def run(copy):
        file = tmp_path / "receipt.json"
        file.write_text(json.dumps(copy), "utf-8")
        with db.engine.connect() as connection:
            names = (site.log_origin, key_name(site.log_origin))
            keys = [row.vkey for name in names for row in public_keys(connection, name)]
        command = [sys.executable, "-c", PROGRAM, str(file), *keys]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


def test_it_finds_the_record_in_the_log(copy, check, site):
    result = check(copy)
    assert (result.returncode, result.stdout) == (0, f"Entry 2 of 2 in {site.log_origin}\n")


@pytest.mark.parametrize("halves", [("subject",), ("subject", "evidence")])
def test_it_finds_a_record_that_was_erased(copy, check, client, halves):
    erase(copy["record_id"], *halves)
    result = check(client.get(f"/api/v1/receipts/{copy['token']}/copy").json)
    assert (result.returncode, result.stdout[:12]) == (0, "Entry 2 of 2")


def test_it_finds_that_the_decision_was_altered(copy, check):
    copy["opening"]["evidence"] = copy["opening"]["evidence"].replace("reject_all", "accept_all")
    result = check(copy)
    assert (result.returncode, result.stderr) == (1, "The promise is about another record.\n")


def test_it_finds_that_the_proof_is_another_records(copy, check):
    copy["proof"] = copy["proof"].replace("index 1", "index 0")
    assert check(copy).returncode == 1
