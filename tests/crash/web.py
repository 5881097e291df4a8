"""gunicorn tests.crash.web:app: the real application in a process that will be killed."""

from consent import loop, worker
from tests.crash.plans import arm

loop.PAUSE_S = worker.PUBLISH_EVERY_S = 0.05
arm("web")

from app import app  # noqa: E402, F401 (the thread beside the web starts with this import)
