"""The visitor's own pages."""
