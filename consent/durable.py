"""Files that are there as a whole or not at all, also after the power went."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(output: Path) -> Iterator[Path]:
    """A path to write to. It becomes `output` when everything went well: flushed, renamed, and the folder flushed."""
    part = output.with_name(f"{output.name}.part")
    yield part
    with open(part, "rb") as file:
        os.fsync(file.fileno())
    os.replace(part, output)
    folder = os.open(output.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
