"""Prometheus counters and histograms, all of them in this one list."""

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter("consent_records_total", "Decisions acknowledged", ["decision", "source"])
REFUSED = Counter("consent_requests_refused_total", "Requests answered with a typed error", ["code"])
REQUEST_SECONDS = Histogram(
    "consent_request_seconds",
    "Time in the application",
    ["endpoint"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
INTEGRATED = Counter("consent_log_integrated_total", "Entries that got their index and are in the tree")
QUARANTINED = Counter("consent_log_quarantined_total", "Entries whose stored bytes no longer give their leaf hash")
PUBLISHED = Counter("consent_log_checkpoints_total", "Checkpoints signed")
BEAT = Gauge(
    "consent_worker_beat_seconds", "When a worker last began a turn", ["worker"], multiprocess_mode="mostrecent"
)
JOBS = Counter("consent_jobs_total", "Jobs ended", ["kind", "outcome"])
