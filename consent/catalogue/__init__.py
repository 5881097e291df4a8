"""Presets of services and vendors: data files, and how their tags load, are granted and are revoked."""
