"""Prometheus counters and histograms, all of them in this one list."""

from prometheus_client import Counter, Histogram

RECORDS = Counter("consent_records_total", "Decisions acknowledged", ["decision", "source"])
REFUSED = Counter("consent_requests_refused_total", "Requests answered with a typed error", ["code"])
REQUEST_SECONDS = Histogram(
    "consent_request_seconds",
    "Time in the application",
    ["endpoint"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
