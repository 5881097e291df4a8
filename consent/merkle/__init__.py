"""Pure parts of the verifiable log: standard library only."""
