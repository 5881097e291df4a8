"""For load balancers and Prometheus."""

import os

from flask import Blueprint, Response, abort, current_app
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from consent import http
from consent.ops import readiness

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers. It asks nobody else, so that a database outage does not get the process killed."""
    return http.answer({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The process can do its work: database reachable and migrated, banner built. 503 names what is missing.

    A log that is behind is named too, and stops nothing.
    """
    checks = readiness.checks()
    ready = all(check.holds for check in checks if check.stops)
    body = {"ready": ready, "checks": {check.name: "ok" if check.holds else check.problem for check in checks}}
    return http.answer(body, 200 if ready else 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    if not current_app.extensions["consent.config"].metrics:
        abort(404, "Metrics are off: CONSENT_METRICS=on serves them.")
    registry = CollectorRegistry() if "PROMETHEUS_MULTIPROC_DIR" in os.environ else REGISTRY
    if registry is not REGISTRY:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
