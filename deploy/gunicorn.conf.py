"""Settings of gunicorn that `consent serve` uses; `gunicorn --config deploy/gunicorn.conf.py app:app` does the same."""

import os

from prometheus_client import multiprocess

worker_class = "gthread"
keepalive = 30
timeout = 60
graceful_timeout = 20
accesslog = None  # addresses and paths of visitors are not logged; the application logs routes
control_socket_disable = True
preload_app = False  # its threads would not come along


def on_starting(server):
    """Several workers share the code that was read before the first of them is forked, and start without reading it."""
    if server.cfg.workers > 1:
        import consent.factory  # noqa: F401


def child_exit(_server, worker):
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)
