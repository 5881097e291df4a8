"""How long records are kept, and what ends."""
