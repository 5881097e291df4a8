"""The guard: what was last signed, in a small file outside the database.

The realistic way to fork a log is a database that went back: a restored backup, a failover that lost commits, an old
SQLite file copied into place. The file remembers the last signed size and root; nothing that contradicts it is signed.
It is written and flushed before the signature leaves the process.
"""

import fcntl
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from consent.durable import whole
from consent.errors import ConsentError


class RolledBack(ConsentError):
    """The database contradicts what was signed. Nothing is published until a new epoch says so."""

    status = 503
    code = "log_rolled_back"


@dataclass(frozen=True)
class Signed:
    origin: str
    size: int
    root: str  # hex


class Guard:
    """One file for each log, in a folder that MUST NOT be restored together with the database."""

    def __init__(self, folder: Path):
        self._folder = folder

    @contextmanager
    def held(self, origin: str) -> Iterator[None]:
        """One publisher of this machine at a time. Read the head inside: what another one signed before is then in it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with open(self._path(origin).with_suffix(".lock"), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def last(self, origin: str) -> Signed | None:
        """None where this machine has signed nothing for this log yet."""
        try:
            return Signed(**json.loads(self._path(origin).read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise RolledBack(
                f"The guard file of {origin} cannot be read ({error}); nothing is signed on a guess. Put the file back, or "
                "start a new epoch (consent ledger new-epoch)."
            ) from error

    def check(self, origin: str, size: int, root_at: Callable[[int], bytes]) -> None:
        """`root_at(n)` computes the root of the first n leaves from the database. Raises RolledBack."""
        last = self.last(origin)
        if last is None:
            return
        if size < last.size:
            raise RolledBack(
                f"{origin}: {last.size} entries were signed and the database has {size}. It went back: restore the newer one, "
                "or start a new epoch (consent ledger new-epoch)."
            )
        if root_at(last.size).hex() != last.root:
            raise RolledBack(
                f"{origin}: the first {last.size} entries are not the ones that were signed. Restore the database that was "
                "signed, or start a new epoch (consent ledger new-epoch)."
            )

    def remember(self, origin: str, size: int, root: bytes) -> None:
        """While held. Durable when it returns."""
        with whole(self._path(origin)) as path:
            path.write_text(json.dumps(asdict(Signed(origin, size, root.hex()))))

    def _path(self, origin: str) -> Path:
        return self._folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', origin)}.json"
