"""What gunicorn does before it forks. In processes of their own: this one has read everything."""

import subprocess
import sys

import pytest

from consent.config import ROOT

STARTS = """
import sys, threading
from types import SimpleNamespace
settings = {}
exec(open(sys.argv[1]).read(), settings)
settings["on_starting"](SimpleNamespace(cfg=SimpleNamespace(workers=int(sys.argv[2]))))
print("consent.factory" in sys.modules, threading.active_count())
"""


@pytest.mark.parametrize(("workers", "read"), [(1, False), (4, True)])
def test_several_workers_get_the_code_from_their_parent_which_has_no_thread_to_lose(workers, read):
    command = [sys.executable, "-c", STARTS, str(ROOT / "deploy" / "gunicorn.conf.py"), str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [str(read), "1"]
