"""A temporary PostgreSQL cluster with its default settings: durable, on loopback, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.processes import LOAD_CORE, free_port, on_core, run

OWNER = "postgres"  # PostgreSQL refuses to run as root


def programs() -> Path | None:
    """Where the server's programs are: on PATH, or the newest of Debian's."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _as_owner(command: Sequence[str]) -> list[str]:
    return ["runuser", "-u", OWNER, "--", *command] if os.geteuid() == 0 else list(command)


def _stop(server: subprocess.Popen[bytes], data: Path, bin_folder: Path) -> None:
    run(_as_owner([str(bin_folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]))
    server.wait(timeout=30)


def _await(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def cluster() -> Iterator[str]:
    """Yields the URL of a running cluster without its database name, such as postgresql://postgres@127.0.0.1:5555/."""
    bin_folder = programs()
    if bin_folder is None:
        raise RuntimeError("PostgreSQL's server programs are not installed")
    home = Path(tempfile.mkdtemp(prefix="consent-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(home, OWNER, OWNER)
    data, port = home / "data", free_port()
    run(_as_owner([str(bin_folder / "initdb"), "-D", str(data), "-U", OWNER, "-A", "trust", "--no-sync"]))
    options = ["-D", str(data), "-p", str(port), "-k", str(home), "-c", "listen_addresses=127.0.0.1"]
    with (home.parent / f"{home.name}.log").open("wb") as log:
        server = subprocess.Popen(
            on_core(LOAD_CORE, _as_owner([str(bin_folder / "postgres"), *options])), stdout=log, stderr=log, cwd="/"
        )
    try:
        url = f"postgresql://{OWNER}@127.0.0.1:{port}/"
        _await(f"{url}postgres")
        yield url
    finally:
        _stop(server, data, bin_folder)
        shutil.rmtree(home)
        Path(log.name).unlink()


@contextmanager
def database(cluster_url: str, name: str, *, like: str = "template1") -> Iterator[str]:
    """A database while the block runs, a copy of `like`."""
    with psycopg.connect(f"{cluster_url}postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield cluster_url + name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
