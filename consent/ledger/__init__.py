"""The verifiable log of a site: entries, their order, the tree over them, and its signed checkpoints.

It knows bytes, not consent. Its HTTP face belongs to other rooms.
"""
