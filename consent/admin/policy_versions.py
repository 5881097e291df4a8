"""Every version that there was: to look at, to write on from, and to publish again."""

from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.admin import policy_changes, policy_draft, policy_reviews, policy_words, shell
from consent.admin.policy import overview
from consent.admin.policy_check import note_published
from consent.admin.policy_source import as_file
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.policies import asking, drafts, publish
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.publish import Publication, PublishConflict, VersionUnknown
from consent.policies.review import ReviewMissing


@blueprint.get("/sites/<site_key>/policy/versions/<version>")
@open_to(READERS)
def policy_version(version: str) -> Response:
    """Raises VersionUnknown."""
    return show(version)


def show(version: str, error: ConsentError | None = None, **values: Any) -> Response:
    """Raises VersionUnknown."""
    publication, document = _of_site(version)
    last, old = policy_changes.published(shell.site().id)
    return policy_draft.show(
        "policy",
        "policy_version.html",
        policy_draft.draft(),
        publication=publication,
        document=document,
        why_then=policy_words.reasons(publication.reasons),
        is_current=last is not None and last.policy_version == version,
        said_in=policy_words.in_language,
        names=policy_words.language_names(document["languages"]),
        **policy_changes.against(last, old, document),
        **policy_reviews.of_version(version),
        error=error,
        **values,
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
        return overview(error)
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
    except (NothingToPublish, PublishConflict, ReviewMissing) as error:
        return show(version, error)
    return shell.to("policy", saved="republished")


@blueprint.post("/sites/<site_key>/policy/versions/<version>/review")
@open_to(EDITORS)
def ask_about_policy_version(version: str) -> AnyResponse:
    """Raises VersionUnknown."""
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> None:
        asking.ask_about_version(connection, site.id, version, user_id=user.id, now=now)
        deeds.note(connection, user, "review_asked", now, site_id=site.id, policy_version=version)

    try:
        transact(unit)
    except NothingToPublish as error:
        return show(version, error)
    return shell.to("policy_version", version=version, saved="asked")
