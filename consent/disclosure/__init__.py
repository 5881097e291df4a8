"""Statements that a site has to publish, made from its policy."""
