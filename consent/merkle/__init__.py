"""Pure parts of the verifiable log: standard library and `cryptography` only, no input or output."""
