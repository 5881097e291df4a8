"""Receipts in the forms that others have agreed on. Pure: from what was decided and the words that were shown, to JSON."""
