"""The decision of a visitor: recording, state."""
