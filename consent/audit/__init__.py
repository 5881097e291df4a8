"""What the auditor exports."""
