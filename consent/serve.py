"""`consent serve`: gunicorn with the settings of the platform, and a worker beside it."""

import gc
import os
import runpy
import shutil
import sys
from functools import partial
from importlib import import_module

import click

from consent import cli, config
from consent.supervisor import Supervisor


@click.command()
@click.option("--bind", help="Address and port; default CONSENT_BIND.")
def serve(bind: str | None) -> None:
    """Serve with gunicorn (one process with threads on SQLite, several on PostgreSQL), and a worker beside it."""
    settings = config.load()
    if settings.metrics:
        _share_metrics(settings)
    read_the_program()
    sys.exit(Supervisor(partial(run_gunicorn, [*gunicorn_arguments(settings, bind), "app:app"]), _run_worker).run())


def read_the_program() -> None:
    """Once for all processes, after the environment is settled: the counters look at it when they are read."""
    for module in ("consent.factory", "consent.worker"):
        import_module(module)
    gc.collect()
    gc.freeze()  # a collector that visits what is shared makes every process a copy of it


def run_gunicorn(arguments: list[str]) -> None:
    sys.argv[1:] = arguments
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


def _run_worker() -> None:
    cli.main(["worker"])


def _share_metrics(settings: config.Config) -> None:
    """Several processes count into one folder, wiped at the start: /metrics then answers for all of them."""
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def gunicorn_arguments(settings: config.Config, bind: str | None) -> list[str]:
    # SQLite: exactly one process writes, so that its group commit sees every unit of work (docs/adr/0002).
    workers = 1 if settings.on_sqlite else settings.workers or min(4, 2 * (os.cpu_count() or 1))
    return [
        *("--config", str(config.ROOT / "deploy" / "gunicorn.conf.py")),
        *("--bind", bind or settings.bind),
        *("--workers", str(workers)),
        *("--threads", str(settings.threads)),
        *("--chdir", str(config.ROOT)),
    ]
