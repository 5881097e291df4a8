"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, reached through a socket in it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


def _binary(name):
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        raise RuntimeError(f"{name} is not installed; tools/system-packages installs it")
    return os.path.realpath(found)


def _as_server_user(command):
    """PostgreSQL refuses to run as root; then it runs as the user that its package made."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if os.getuid() == 0 else command
    )


def _run(*command):
    done = subprocess.run(_as_server_user(command), capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


class Cluster:
    def __init__(self, folder: Path):
        self.folder = folder
        self._data = str(folder / "data")

    def create(self):
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        _run(
            _binary("initdb"),
            "-D",
            self._data,
            "-U",
            "consent",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        )

    def start(self):
        # Without fsync: what is acknowledged survives a killed process all the same, and no test pulls the plug.
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=100 -c fsync=off"
        )
        _run(_binary("pg_ctl"), "-D", self._data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self, mode="fast"):
        _run(_binary("pg_ctl"), "-D", self._data, "-m", mode, "-w", "stop")

    def url(self, database):
        return f"postgresql+psycopg://consent@/{database}?host={self.folder}"

    def create_database(self, name, template="template0"):
        with self._connected() as connection:
            # By way of the write-ahead log, as 15 and later do it by themselves, it takes twice as long.
            strategy = sql.SQL("STRATEGY file_copy" if connection.info.server_version >= 150_000 else "")
            names = sql.Identifier(name), sql.Identifier(template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(*names, strategy))

    def drop_database(self, name):
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connected(self):
        return psycopg.connect(f"dbname=postgres user=consent host={self.folder}", autocommit=True)


@contextmanager
def running_cluster():
    folder = Path(tempfile.mkdtemp(prefix="consent-pg-"))
    cluster = Cluster(folder)
    try:
        cluster.create()
        cluster.start()
        yield cluster
        cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
