"""The shape of a policy document. Unknown keys are errors; docs/policy.md lists every key with its default."""
