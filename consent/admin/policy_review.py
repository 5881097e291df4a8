"""Asking a second person about the draft, and answering."""

from collections.abc import Callable

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import deeds
from consent.admin import policy_check, policy_draft, policy_versions, shell
from consent.admin.policy_fields import text
from consent.admin.rules import EDITORS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.policies import asking, review
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import PolicyRefused
from consent.policies.review import CommentInvalid, OwnWork, Review, ReviewVoid


@blueprint.post("/sites/<site_key>/policy/review")
@open_to(EDITORS)
def ask_for_review() -> AnyResponse:
    site, user, now, checked = shell.site(), shell.user(), clock.now(), policy_draft.edition()

    def unit(connection: Connection) -> None:
        version = asking.ask_about_draft(connection, site.id, edition=checked, user_id=user.id, now=now)
        deeds.note(connection, user, "review_asked", now, site_id=site.id, policy_version=version)

    try:
        transact(unit)
    except (DraftChanged, NothingToPublish, PolicyRefused) as error:
        return policy_check.show(error)
    return shell.to("policy_check", saved="asked")


@blueprint.post("/sites/<site_key>/policy/review/<int:review_id>/answer")
@open_to(EDITORS)
def answer_review(review_id: int) -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()
    approves, comment = request.form.get("answer") == "approve", text("comment") or ""

    def answer(connection: Connection) -> Review:
        return review.answer(
            connection, site.id, review_id, approves=approves, comment=comment, user_id=user.id, now=now
        )

    return _settle(answer, comment)


@blueprint.post("/sites/<site_key>/policy/review/<int:review_id>/withdraw")
@open_to(EDITORS)
def withdraw_review(review_id: int) -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()
    return _settle(lambda connection: review.withdraw(connection, site.id, review_id, user_id=user.id, now=now))


def _settle(act: Callable[[Connection], Review], comment: str = "") -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> Review:
        done = act(connection)
        what = f"review_{done.answer}"
        deeds.note(connection, user, what, now, site_id=site.id, policy_version=done.policy_version)
        return done

    try:
        done = transact(unit)
    except (ReviewVoid, OwnWork, CommentInvalid) as error:
        return _again(error, comment)
    if done.edition is None:
        return shell.to("policy_version", version=done.policy_version, saved=done.answer)
    return shell.to("policy_check", saved=done.answer)


def _again(error: ConsentError, comment: str) -> AnyResponse:
    """Where it was asked; what was written is still there."""
    with db.engine.connect() as connection:
        newest = review.newest(connection, shell.site().id)
    if newest is not None and newest.edition is None:
        return policy_versions.show(newest.policy_version, error, comment=comment)
    return policy_check.show(error, comment=comment)
