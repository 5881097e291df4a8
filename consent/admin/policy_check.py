"""What is wrong with the draft, what it would change, and making it the policy of the site."""

from dataclasses import asdict
from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.accounts.users import User
from consent.admin import policy_draft, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest
from consent.policies import drafts, lint, publish
from consent.policies.document import resolve
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import PolicyRefused, errors_among
from consent.policies.material import compare
from consent.policies.publish import Publication, PublishConflict
from consent.records import state


@blueprint.get("/sites/<site_key>/policy/check")
@open_to(READERS)
def policy_check() -> Response:
    return _page()


@blueprint.post("/sites/<site_key>/policy/publish")
@open_to(EDITORS)
def publish_policy() -> AnyResponse:
    site, user, now, checked = shell.site(), shell.user(), clock.now(), policy_draft.edition()

    def unit(connection: Connection) -> None:
        made = drafts.publish_draft(connection, site.id, edition=checked, now=now, published_by=user.email)
        note_published(connection, user, made)

    try:
        transact(unit)
    except (DraftChanged, NothingToPublish, PublishConflict, PolicyRefused) as error:
        return _page(error)
    return shell.to("policy", saved="published")


def note_published(connection: Connection, user: User, made: Publication) -> None:
    details = {"policy_version": made.policy_version, "number": made.number, "material": made.material}
    deeds.note(connection, user, "policy_published", clock.now(), site_id=made.site_id, **details)


def _page(error: ConsentError | None = None) -> Response:
    found = policy_draft.draft()
    resolved = resolve(found.policy)
    findings = lint.findings_of(found.policy, resolved)
    last, old = published(shell.site().id)
    change = compare(old, resolved.document)
    differs = last is None or digest(canonical_bytes(resolved.document)) != last.policy_version
    values: dict[str, Any] = {"problem": shell.explained(error)} if error else {}
    page = policy_draft.show(
        "policy_check",
        "policy_check.html",
        found,
        findings=policy_words.findings(findings, found.policy),
        hindered=bool(errors_among(findings)),
        last=last,
        differs=differs,
        overtaken=last is not None and found.based_on != last.policy_version,
        changes=policy_words.changes(old, resolved.document),
        material=change.material,
        reasons=policy_words.reasons(map(asdict, change.reasons)),
        asked_again=_visitors(last) if change.material else 0,
        **values,
    )
    page.status_code = error.status if error else 200
    return page


def published(site_id: int) -> tuple[Publication | None, dict[str, Any] | None]:
    """The current publication of a site and its document."""
    with db.engine.connect() as connection:
        last = publish.current(connection, site_id)
        return last, orjson.loads(publish.by_version(connection, last.policy_version)) if last else None


def _visitors(last: Publication | None) -> int:
    """Whose decisions hold now."""
    if last is None:
        return 0
    with db.engine.connect() as connection:
        since = last.material_since
        return state.count_valid(connection, site_id=last.site_id, material_since=since, now=clock.now())
