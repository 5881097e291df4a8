"""Self-hosted consent and cookie management."""
