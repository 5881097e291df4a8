"""How the platform reads its own data files: not before somebody needs them, and without libyaml as well."""

import subprocess
import sys
from importlib.resources import files

import pytest
import yaml

from consent.own_data import read

ROOT = files("consent")
FILES = sorted(ROOT.rglob("*.yaml"))

STARTS = """
import sys
from consent.config import load
from consent.factory import create_app
from consent.catalogue import presets, provision, texts, vendors
create_app(load())
print([each.cache_info().misses for each in (presets.presets, provision.reasons, texts._texts, vendors.vendors)])
"""


def test_a_start_reads_nothing_of_the_catalogue(tmp_path):
    """It would take a twentieth of a second of every worker's start, and of every command."""
    environment = {"CONSENT_DATA_DIR": str(tmp_path), "CONSENT_SECRET_KEYS": "0123456789abcdef" * 4}
    done = subprocess.run([sys.executable, "-c", STARTS], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[0, 0, 0, 0]", done.stderr


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="there is one reader only")
def test_where_libyaml_is_missing_the_files_say_the_same():
    assert len(FILES) > 190
    for file in FILES:
        assert yaml.safe_load(file.read_text("utf-8")) == read(file), file.name
