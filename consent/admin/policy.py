"""The policy of a site: what is published, what is being written, and what is asked and planned about it."""

from flask import Response
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_changes, policy_draft, policy_reviews, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest
from consent.policies import drafts, lint, publish
from consent.policies.document import resolve
from consent.policies.drafts import DraftChanged
from consent.policies.findings import errors_among


@blueprint.get("/sites/<site_key>/policy")
@open_to(READERS)
def policy() -> Response:
    return overview()


def overview(error: ConsentError | None = None) -> Response:
    found, site = policy_draft.draft(), shell.site()
    last, document = policy_changes.published(site.id)
    resolved = resolve(found.policy)
    findings = lint.findings_of(found.policy, resolved)
    with db.engine.connect() as connection:
        history = publish.history(connection, site.id)
    return policy_draft.show(
        "policy",
        "policy.html",
        found,
        last=last,
        document=document,
        differs=last is None or digest(canonical_bytes(resolved.document)) != last.policy_version,
        by=policy_words.user_name(found.updated_by),
        errors=len(errors_among(findings)),
        warnings=len(findings) - len(errors_among(findings)),
        history=[(each, policy_words.reasons(each.reasons)) for each in history],
        reviews=policy_reviews.history(),
        **policy_reviews.plans(found),
        error=error,
    )


@blueprint.post("/sites/<site_key>/policy/discard")
@open_to(EDITORS)
def discard_policy_draft() -> AnyResponse:
    site, user, now, opened = shell.site(), shell.user(), clock.now(), policy_draft.edition()
    beginning = policy_draft.beginning(site)

    def unit(connection: Connection) -> None:
        drafts.discard(connection, site.id, otherwise=beginning, edition=opened, user_id=user.id, now=now)

    try:
        transact(unit)
    except DraftChanged as error:
        return overview(error)
    return shell.to("policy", saved="discarded")
