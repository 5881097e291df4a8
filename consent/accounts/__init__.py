"""People who sign in, what they may do, and API tokens."""
