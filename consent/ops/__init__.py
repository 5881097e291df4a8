"""Health, readiness, metrics, and what is misconfigured."""
