"""The platform under test, run as its operator runs it: by its command line and its environment."""

import re
import secrets
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import SERVER_CORE, Process, free_port, run, running
from benchmarks.stores import Location
from consent import config
from consent.serve import gunicorn_arguments

FOLDER = Path(__file__).parent
SITE_KEY = "benchmark"
POLICY = FOLDER / "policies" / "plain.yaml"
VENDORS_KEY = "vendors"
VENDORS_POLICY = FOLDER / "policies" / "vendors.yaml"
SECRET_KEY = secrets.token_hex(32)


class Ours:
    name = "consent"
    count_query = "SELECT count(*) FROM consent_record"

    def environment(self, location: Location, port: int = 0) -> dict[str, str]:
        return {
            "CONSENT_DATA_DIR": str(location.folder),
            "CONSENT_DATABASE_URL": location.database_url,
            "CONSENT_SECRET_KEYS": SECRET_KEY,
            "CONSENT_PUBLIC_URL": f"http://127.0.0.1:{port or 8000}",
            "CONSENT_BIND": f"127.0.0.1:{port or 8000}",
            "CONSENT_RATE_LIMIT_RECORDS": "10000000/minute",  # counted as usual: all requests have one address
            "CONSENT_WORKERS": "1",
            "CONSENT_LOG_LEVEL": "warning",
        }

    def command(self, location: Location, *arguments: str) -> str:
        return run([sys.executable, "-m", "consent", *arguments], self.environment(location))

    def prepare(self, location: Location, *, origin: str) -> None:
        self.command(location, "db", "upgrade")
        self.add_site(location, key=SITE_KEY, origin=origin, policy=POLICY)

    def add_site(self, location: Location, *, key: str, origin: str, policy: Path) -> None:
        self.command(location, "site", "create", "--name", key, "--origin", origin, "--key", key)
        self.command(location, "policy", "publish", "--site", key, str(policy), "--yes")

    def fill(self, location: Location, rows: int) -> None:
        self.command(location, "seed", "--site", SITE_KEY, "--records", str(rows))

    @contextmanager
    def serving(self, location: Location, *, origin: str, core: str | None = SERVER_CORE) -> Iterator[int]:
        with self.standing(location, core=core) as (port, _):
            yield port

    @contextmanager
    def standing(self, location: Location, *, core: str | None = SERVER_CORE) -> Iterator[tuple[int, Process]]:
        """Its port and its first process, whose group has them all."""
        port = free_port()
        environment, log = self.environment(location, port), location.folder / "server.log"
        with running(self.server(environment), port=port, environment=environment, core=core, log=log) as process:
            yield port, process

    def server(self, environment: dict[str, str]) -> list[str]:
        return [sys.executable, "-m", "consent", "serve", "--bind", environment["CONSENT_BIND"]]


class WithoutLog(Ours):
    name, module = "without the log", "without_log"

    def server(self, environment: dict[str, str]) -> list[str]:
        arguments = gunicorn_arguments(config.load(environment), environment["CONSENT_BIND"])
        return [sys.executable, "-m", "gunicorn", *arguments, f"benchmarks.{self.module}:app"]


class Bare(WithoutLog):
    name, module = "bare_flask", "bare"


FACTS = {"version": "v", "build": "b"}  # banner/names.mjs


def script_facts(port: int, key: str = SITE_KEY) -> dict[str, str]:
    """The policy version and the banner build, as the script that visitors get names them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/b/{key}.js", timeout=60) as answer:
        text = answer.read().decode()
    found = {name: re.search(rf'\b{short}:["\']([0-9a-f]{{16,}})["\']', text) for name, short in FACTS.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise RuntimeError(f"the script names no {' and no '.join(missing)}")
    return {name: match.group(1) for name, match in found.items() if match}
