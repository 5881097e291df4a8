"""The contact form. It looks at what was typed and forgets it: the demo sends nothing."""

from __future__ import annotations

from collections.abc import Mapping

REQUIRED = ("company", "name", "email", "message", "agree")


def missing_fields(form: Mapping[str, str]) -> list[str]:
    """The required fields left empty, and `email` where it has no @, in the order of the form."""
    missing = [field for field in REQUIRED if not form.get(field, "").strip()]
    if "email" not in missing and "@" not in form["email"]:
        missing.append("email")
    return sorted(missing, key=REQUIRED.index)
