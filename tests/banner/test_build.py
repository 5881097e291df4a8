"""The committed files are what the source builds: recomputed here without Node."""

import hashlib
from pathlib import Path

import pytest

from consent.banner import build

SOURCE = Path(__file__).parents[2] / "banner" / "src"


def digest_of(folder):
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_built_files_carry_the_digest_of_the_source():
    assert build.current().digest == digest_of(SOURCE), "run: make banner"


def test_the_script_of_stopped_sites_carries_the_digest_of_its_source():
    source = SOURCE.parent / "stopped.js"
    built = SOURCE.parents[1] / "static" / "stopped.js"
    assert hashlib.sha256(source.read_bytes()).hexdigest() in built.read_text("utf-8"), "run: make banner"


def test_a_changed_source_has_another_digest(tmp_path):
    (tmp_path / "a.js").write_text("1")
    before = digest_of(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert digest_of(tmp_path) != before


def test_a_file_that_is_not_built_is_refused(tmp_path):
    (tmp_path / "x.js").write_text("alert(1)")
    with pytest.raises(build.BannerNotBuilt):
        build._read(tmp_path / "x.js", build.FACTS_MARK)
    with pytest.raises(build.BannerNotBuilt):
        build._read(tmp_path / "missing.js", build.FACTS_MARK)
