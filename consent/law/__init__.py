"""Dated rule packs (data files), and which one applies to a visitor."""
