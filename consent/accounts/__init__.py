"""API tokens and what they may do."""
