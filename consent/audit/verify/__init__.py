"""The verifier of bundles: the standard library, `cryptography` and consent.merkle, so that it runs without this platform."""
