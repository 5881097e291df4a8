"""What is vendored is what was published."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


def test_vendored_files_are_the_ones_that_their_list_names():
    listed = dict(re.findall(r"\| (\S+/\S+) \| .* \| ([0-9a-f]{64}) \|", (VENDOR / "README.md").read_text()))
    there = {str(file.relative_to(VENDOR)) for file in VENDOR.glob("*/*") if file.name != "LICENSE"}
    assert listed.keys() == there
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
        assert (VENDOR / name).parent.joinpath("LICENSE").exists()
