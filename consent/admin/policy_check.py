"""What is wrong with the draft, what it would change, and making it the policy of the site."""

from typing import Any

from flask import Response
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.accounts.users import User
from consent.admin import policy_changes, policy_draft, policy_reviews, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest
from consent.policies import drafts, lint, register_lint
from consent.policies.document import resolve
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import Finding, PolicyRefused, errors_among
from consent.policies.publish import Publication, PublishConflict
from consent.policies.review import ReviewMissing


@blueprint.get("/sites/<site_key>/policy/check")
@open_to(READERS)
def policy_check() -> Response:
    return show()


@blueprint.post("/sites/<site_key>/policy/publish")
@open_to(EDITORS)
def publish_policy() -> AnyResponse:
    site, user, now, checked = shell.site(), shell.user(), clock.now(), policy_draft.edition()

    def unit(connection: Connection) -> None:
        made = drafts.publish_draft(connection, site.id, edition=checked, now=now, published_by=user.email)
        note_published(connection, user, made)

    try:
        transact(unit)
    except (DraftChanged, NothingToPublish, PublishConflict, PolicyRefused, ReviewMissing) as error:
        return show(error)
    return shell.to("policy", saved="published")


def _of_registers(document: dict[str, Any]) -> list[Finding]:
    with db.engine.connect() as connection:
        return register_lint.check(connection, shell.site().id, document, clock.now())


def note_published(connection: Connection, user: User, made: Publication) -> None:
    details = {"policy_version": made.policy_version, "number": made.number, "material": made.material}
    deeds.note(connection, user, "policy_published", clock.now(), site_id=made.site_id, **details)


def show(error: ConsentError | None = None, **values: Any) -> Response:
    found = policy_draft.draft()
    resolved = resolve(found.policy)
    findings = [*lint.findings_of(found.policy, resolved), *_of_registers(resolved.document)]
    last, old = policy_changes.published(shell.site().id)
    version = digest(canonical_bytes(resolved.document))
    return policy_draft.show(
        "policy_check",
        "policy_check.html",
        found,
        findings=policy_words.findings(findings, found.policy),
        hindered=bool(errors_among(findings)),
        differs=last is None or version != last.policy_version,
        overtaken=last is not None and found.based_on != last.policy_version,
        **policy_changes.against(last, old, resolved.document),
        **policy_reviews.of_draft(version),
        **policy_reviews.plans(found),
        error=error,
        **values,
    )
