"""Where the tests keep their temporary files: in memory, if there is enough of it.

Each test has a database of its own, and making one is hundreds of files on PostgreSQL and a flush for every commit on SQLite.
What survives a killed process survives it in memory too; no test pulls the plug.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED_BYTES = 4 * 1024**3


def keep_files_in_memory():
    """For this process and those that it starts, unless TMPDIR says otherwise."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= NEEDED_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
