"""What publishing something would change: in words, and for how many visitors."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from consent import clock
from consent.admin import policy_words
from consent.db import db
from consent.policies import publish
from consent.policies.material import compare
from consent.policies.publish import Publication
from consent.records import state


def published(site_id: int) -> tuple[Publication | None, dict[str, Any] | None]:
    """The current publication of a site and its document."""
    with db.engine.connect() as connection:
        last = publish.current(connection, site_id)
        return last, orjson.loads(publish.by_version(connection, last.policy_version)) if last else None


def against(last: Publication | None, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> dict[str, Any]:
    """The values of policy_changes.html, for a resolved document in place of the one that is published."""
    change = compare(old, new)
    return {
        "last": last,
        "changes": policy_words.changes(old, new),
        "material": change.material,
        "reasons": policy_words.reasons(map(asdict, change.reasons)),
        "asked_again": _visitors(last) if change.material else 0,
    }


def _visitors(last: Publication | None) -> int:
    """Whose decisions hold now."""
    if last is None:
        return 0
    with db.engine.connect() as connection:
        since = last.material_since
        return state.count_valid(connection, site_id=last.site_id, material_since=since, now=clock.now())
