"""The auditor's bundle: a contiguous range of one log with everything that it takes to verify and to read it."""
