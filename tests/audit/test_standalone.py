"""The verifier of a bundle runs where nothing but `cryptography` is installed, and says the same."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import cffi
import cryptography
import pycparser
import pytest

from consent.audit.bundle import standalone
from consent.audit.verify import manifest
from consent.audit.verify.verdict import verify
from tests.audit.forging import RECORDS, Forger, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """A Python of its own, with cryptography and what that needs."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True, with_pip=False)
    packages = next(folder.glob("lib/python*/site-packages"))
    for package in (cryptography, cffi, pycparser):
        home = Path(package.__file__).parent
        (packages / home.name).symlink_to(home)
        for native in home.parent.glob("_cffi_backend*"):
            if not (packages / native.name).exists():
                (packages / native.name).symlink_to(native)
    return folder / "bin" / "python"


def run(python, *arguments):
    done = subprocess.run([python, "-I", *map(str, arguments)], capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def alone(thousand, tmp_path):
    (tmp_path / "verify.py").write_bytes(thousand.members["verify.py"])
    shutil.copy(thousand.path, tmp_path / "bundle.zip")
    return tmp_path


def test_the_bare_python_has_no_platform(bare_python):
    for absent in ("flask", "sqlalchemy", "consent", "orjson"):
        assert run(bare_python, "-c", f"import {absent}")[0] == 1
    assert run(bare_python, "-c", "import cryptography")[0] == 0


def test_the_verifier_of_the_bundle_says_the_same_as_ours(bare_python, alone, thousand):
    code, out, err = run(bare_python, alone / "verify.py", alone / "bundle.zip", "--json", "--key", thousand.vkey)
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(
        json.dumps(verify(alone / "bundle.zip", pinned_keys=[thousand.vkey]).as_json())
    )


def test_it_finds_what_was_changed_and_its_exit_code_says_so(bare_python, alone):
    content = bytearray((alone / "bundle.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (alone / "bundle.zip").write_bytes(content)
    code, out, err = run(bare_python, alone / "verify.py", alone / "bundle.zip")
    assert (code, err) == (1, "")
    assert "FAILS" in out


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_its_processes_find_its_modules(bare_python, thousand, tmp_path, monkeypatch, method):
    """On Windows and macOS, and wherever Python no longer forks, each process imports the file anew."""
    monkeypatch.setattr(manifest, "LEAVES_PER_FILE", 300)
    forger = Forger(thousand.members)
    lines = forger.lines
    del forger.members[RECORDS]
    for name, start, end in forger.about.record_files():
        forger.members[name] = b"".join(lines[start:end])
    forger.hashes()
    write(forger.members, tmp_path / "bundle.zip")
    text = standalone.source().replace("LEAVES_PER_FILE = 65_536", "LEAVES_PER_FILE = 300")
    started = f'if __name__ == "__main__":\n    __import__("multiprocessing").set_start_method({method!r})\n'
    (tmp_path / "verify.py").write_text(text.replace('if __name__ == "__main__":\n', started))
    code, out, err = run(bare_python, tmp_path / "verify.py", tmp_path / "bundle.zip", "--processes", "2", "--json")
    fails = [check["name"] for check in json.loads(out)["checks"] if check["status"] == "fails"]
    assert (code, fails, err) == (1, ["manifest_signature"], ""), "the manifest is not the one that was signed"


def test_the_command_needs_neither_settings_nor_a_database(thousand, tmp_path):
    command = [sys.executable, "-m", "consent", "verify", str(thousand.path), "--key", thousand.vkey, "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "holds")


def test_the_file_is_made_of_the_modules_as_they_are(thousand):
    text = thousand.members["verify.py"].decode()
    assert text == standalone.source()
    for name in ("consent.merkle.tree", "consent.audit.verify.verdict"):
        assert Path(sys.modules[name].__file__).read_text() in text
