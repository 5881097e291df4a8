"""Visits with a real browser: the pages, the servers they come from and the probe that watches them."""
