"""Structured logs without personal data: no address, no user agent, no token, no visitor id, no query string.

A request is logged by its route (`/api/v1/sites/<site_key>/records`), never by its path.
"""

import logging
import sys
import time
from functools import partial

import structlog
from flask import Flask, Response, g, request

from consent.config import Config
from consent.metrics import REFUSED, REQUEST_SECONDS

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_QUIET = frozenset({"ops.healthz", "ops.readyz", "ops.metrics"})


def _start_clock() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response, log: structlog.typing.FilteringBoundLogger) -> Response:
    endpoint, rule = request.endpoint or "unmatched", request.url_rule
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    REQUEST_SECONDS.labels(endpoint).observe(seconds)
    if response.status_code >= 400:
        REFUSED.labels(str(response.status_code)).inc()
    if endpoint not in _QUIET:
        route = rule.rule if rule else "unmatched"
        log.info(
            "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 2)
        )
    return response


def configure(config: Config) -> None:
    renderer = (
        structlog.dev.ConsoleRenderer() if config.log_format == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[config.log_level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask, config: Config) -> None:
    configure(config)
    app.before_request(_start_clock)
    log = structlog.get_logger().bind()  # bound once: a lazy one would be bound anew for each request
    app.after_request(partial(_log_request, log=log))
