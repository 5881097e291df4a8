"""Numbers about decisions that outlive the records they were counted from, and lead to nobody."""
