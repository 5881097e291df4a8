"""What the pages of the policy share: the draft as it is, and saving a change to it."""

from collections.abc import Callable, Iterable
from difflib import unified_diff
from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_words, shell
from consent.admin.rules import EDITORS
from consent.db import db, transact
from consent.errors import ConsentError
from consent.policies import drafts, writing
from consent.policies.document import Source
from consent.policies.drafts import Draft, DraftChanged
from consent.policies.editing import PartUnknown
from consent.policies.findings import Finding, PolicyRefused
from consent.sites import Site

Change = Callable[[Source], Source]
Again = Callable[[Source, list[Finding]], AnyResponse]

PARTS = (
    "policy",
    "policy_services",
    "policy_texts",
    "policy_basics",
    "policy_joint_uses",
    "policy_look",
    "policy_consent",
    "policy_source",
    "policy_preview",
    "policy_check",
)
SAVED = (
    *("draft", "published", "discarded", "restored", "republished"),
    *("asked", "approved", "sent_back", "withdrawn", "planned", "cancelled"),
)
_CONTEXT_LINES = 2


def draft() -> Draft:
    site = shell.site()
    with db.engine.connect() as connection:
        return drafts.look(connection, site.id, otherwise=beginning(site))


def beginning(site: Site) -> Source:
    """What a site that has no policy yet begins with."""
    origin = min(site.origins, default="https://www.example.com")
    return drafts.starter(name=site.name, url=f"{origin}/privacy")


def edition() -> int:
    """The one that the form was made from; one that never was where the form does not say."""
    return request.form.get("edition", -1, type=int)


def may_change() -> bool:
    return g.here.role in EDITORS.roles


def show(
    part: str,
    template: str,
    found: Draft,
    policy: Source | None = None,
    *,
    refused: Iterable[Finding] = (),
    error: ConsentError | None = None,
    **values: Any,
) -> Response:
    """A page of the draft. `policy` and `refused`: what somebody wanted to save, and why it was not.

    `error`: what else they wanted, and why it was not done.
    """
    policy = policy or found.policy
    held_up = policy_words.findings(refused, policy)
    saved = request.args.get("saved", "")
    return shell.page(
        template,
        422 if held_up else error.status if error else 200,
        **{
            "section": "policy",
            "part": part,
            "parts": PARTS,
            "draft": found,
            "policy": policy,
            "may_change": may_change(),
            "refused": held_up,
            "problem": shell.text("policy.not_saved") if held_up else shell.explained(error) if error else None,
            "said": shell.text(f"policy.saved.{saved}") if saved in SAVED else None,
            "language_names": policy_words.language_names(policy["languages"]),
            **values,
        },
    )


def save(change: Change, again: Again, then: str, *, restored: Change | None = None, **place: Any) -> AnyResponse:
    """Carries a form's change out on the newest draft, or shows the form again, or both texts where somebody was first.

    `restored`: the change where somebody has removed meanwhile what the form is about. Raises PartUnknown where it never
    was there.
    """
    site, user, now, opened, found = shell.site(), shell.user(), clock.now(), edition(), draft()
    try:
        changed = change(found.policy)
    except PartUnknown:
        if opened == found.edition:
            raise
        return conflict(found, _merged(restored or change, found))
    text = writing.text(changed)
    try:
        transact(lambda connection: drafts.save(connection, site.id, text, edition=opened, user_id=user.id, now=now))
    except PolicyRefused as refusal:
        return again(changed, refusal.findings)
    except DraftChanged as error:
        return conflict(error.theirs, _merged(change, error.theirs))
    return shell.to(then, saved="draft", **place)


def _merged(change: Change, theirs: Draft) -> str:
    """Theirs with the form's change in it; theirs where that has no place any more. The page has what was typed, too."""
    try:
        return writing.text(change(theirs.policy))
    except (PartUnknown, PolicyRefused):
        return theirs.source


def conflict(theirs: Draft, yours: str) -> Response:
    """Nothing is lost: theirs is what is kept, yours is here to be saved over it."""
    lines = list(unified_diff(theirs.source.splitlines(), yours.splitlines(), lineterm="", n=_CONTEXT_LINES))[2:]
    return shell.page(
        "policy_conflict.html",
        DraftChanged.status,
        section="policy",
        draft=theirs,
        yours=yours,
        by=policy_words.user_name(theirs.updated_by),
        lines=[(_KINDS.get(line[:1], "same"), line) for line in lines],
        typed=[(name, value) for name, value in request.form.items(multi=True) if value and name not in _NOT_TYPED],
    )


_NOT_TYPED = ("edition", "source", "preset")  # the source stands in the editor already
_KINDS = {"+": "yours", "-": "theirs", "@": "place"}
