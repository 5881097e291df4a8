"""The policy of a site: what is published, what is being written, and every version that there was."""

from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_draft, policy_words, shell
from consent.admin.policy_check import note_published, published
from consent.admin.policy_services import category_names
from consent.admin.policy_source import as_file
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest
from consent.policies import drafts, lint, publish
from consent.policies.document import resolve
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import errors_among
from consent.policies.publish import Publication, PublishConflict, VersionUnknown


@blueprint.get("/sites/<site_key>/policy")
@open_to(READERS)
def policy() -> Response:
    return _overview()


def _overview(error: ConsentError | None = None) -> Response:
    found, site = policy_draft.draft(), shell.site()
    last, document = published(site.id)
    resolved = resolve(found.policy)
    findings = lint.findings_of(found.policy, resolved)
    with db.engine.connect() as connection:
        history = publish.history(connection, site.id)
    values: dict[str, Any] = {"problem": shell.explained(error)} if error else {}
    page = policy_draft.show(
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
        **values,
    )
    page.status_code = error.status if error else 200
    return page


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
        return _overview(error)
    return shell.to("policy", saved="discarded")
