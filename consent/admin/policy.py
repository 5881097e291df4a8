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


@blueprint.get("/sites/<site_key>/policy/versions/<version>")
@open_to(READERS)
def policy_version(version: str) -> Response:
    """Raises VersionUnknown."""
    publication, document = _of_site(version)
    found = policy_draft.draft()
    last, _ = published(shell.site().id)
    return policy_draft.show(
        "policy",
        "policy_version.html",
        found,
        publication=publication,
        document=document,
        reasons=policy_words.reasons(publication.reasons),
        is_current=last is not None and last.policy_version == publication.policy_version,
        said_in=policy_words.in_language,
        names=policy_words.language_names(document["languages"]),
        category_names=category_names(found.policy),
    )


def _of_site(version: str) -> tuple[Publication, dict[str, Any]]:
    with db.engine.connect() as connection:
        publication = publish.latest_of(connection, shell.site().id, version)
        if publication is None:
            raise VersionUnknown(version)
        return publication, orjson.loads(publish.by_version(connection, version))


@blueprint.get("/sites/<site_key>/policy/versions/<version>/policy.yaml")
@open_to(READERS)
def download_policy_version(version: str) -> Response:
    """Raises VersionUnknown."""
    publication, _ = _of_site(version)
    with db.engine.connect() as connection:
        text = drafts.source_of(connection, publication.policy_version)
    return as_file(text, f"{shell.site().key}-{publication.number}.yaml")


@blueprint.post("/sites/<site_key>/policy/versions/<version>/restore")
@open_to(EDITORS)
def restore_policy_version(version: str) -> AnyResponse:
    """It becomes the draft. Raises VersionUnknown."""
    site, user, now, opened = shell.site(), shell.user(), clock.now(), policy_draft.edition()

    def unit(connection: Connection) -> None:
        drafts.restore(connection, site.id, version, edition=opened, user_id=user.id, now=now)

    try:
        transact(unit)
    except DraftChanged as error:
        return _overview(error)
    return shell.to("policy", saved="restored")


@blueprint.post("/sites/<site_key>/policy/versions/<version>/publish")
@open_to(EDITORS)
def republish_policy_version(version: str) -> AnyResponse:
    """Rolls back: the same bytes again. Raises VersionUnknown."""
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> None:
        made = publish.publish_again(connection, site.id, version, now, published_by=user.email)
        if made.unchanged:
            raise NothingToPublish
        note_published(connection, user, made)

    try:
        transact(unit)
    except (NothingToPublish, PublishConflict) as error:
        return _overview(error)
    return shell.to("policy", saved="republished")
