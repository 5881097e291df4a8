"""What the visitor's browser downloads."""
