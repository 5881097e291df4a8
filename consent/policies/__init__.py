"""The policy document: draft → publish → immutable version, named by the hash of its canonical bytes."""
