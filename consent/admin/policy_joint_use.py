"""Joint uses of personal data, as APPI Article 27(5)(iii) wants them to be known: one form for each, the same file."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import policy_changes, policy_draft, policy_fields, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.policies import editing
from consent.policies.document import Source
from consent.policies.findings import Finding

# For items of the policy's own: a form without script has to bring the empty rows along.
SPARE_ROWS = 4
_TEXTS = ("name", "users", "purpose")
_RESPONSIBLE = ("name", "address", "representative")


@blueprint.get("/sites/<site_key>/policy/joint-use")
@open_to(READERS)
def policy_joint_uses() -> Response:
    return _list()


def _list(policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    found = policy_draft.draft()
    _, document = policy_changes.published(shell.site().id)
    return policy_draft.show(
        "policy_joint_uses",
        "policy_joint_uses.html",
        found,
        policy,
        refused=refused or (),
        joint_uses=[_row(each) for each in found.policy["joint_use"]],
        stated=document is not None and bool(document.get("joint_use")),
    )


def _row(given: Mapping[str, Any]) -> dict[str, Any]:
    said, known = policy_words.in_language, policy_words.items()
    return {
        "id": given["id"],
        **{name: said(given[name]) for name in _TEXTS},
        "items": [known.get(each, each) if isinstance(each, str) else said(each) for each in given["items"]],
        "responsible": {name: said(given["responsible"][name]) for name in _RESPONSIBLE},
    }


@blueprint.get("/sites/<site_key>/policy/add-joint-use")
@open_to(EDITORS)
def new_policy_joint_use() -> Response:
    """Mostly the site itself is responsible, so that is what the form begins with."""
    controller = policy_draft.draft().policy["controller"]
    return _form({"responsible": {name: controller[name] for name in _RESPONSIBLE}})


@blueprint.post("/sites/<site_key>/policy/add-joint-use")
@open_to(EDITORS)
def add_policy_joint_use() -> AnyResponse:
    return policy_draft.save(
        lambda policy: editing.add_joint_use(policy, _values(policy, {})),
        lambda policy, refused: _form(policy["joint_use"][-1], policy, refused),
        "policy_joint_uses",
    )


@blueprint.get("/sites/<site_key>/policy/joint-use/<joint_use_id>")
@open_to(READERS)
def policy_joint_use(joint_use_id: str) -> Response:
    return _form(editing.find(policy_draft.draft().policy, "joint_use", joint_use_id))


@blueprint.post("/sites/<site_key>/policy/joint-use/<joint_use_id>")
@open_to(EDITORS)
def save_policy_joint_use(joint_use_id: str) -> AnyResponse:
    def change(policy: Source) -> Source:
        before = editing.find(policy, "joint_use", joint_use_id)
        return editing.put_member(policy, "joint_use", joint_use_id, _values(policy, before))

    def restored(policy: Source) -> Source:
        return editing.put_member(policy, "joint_use", joint_use_id, _values(policy, {}))

    def again(policy: Source, refused: list[Finding]) -> Response:
        return _form(editing.find(policy, "joint_use", joint_use_id), policy, refused)

    return policy_draft.save(change, again, "policy_joint_uses", restored=restored)


@blueprint.post("/sites/<site_key>/policy/joint-use/<joint_use_id>/remove")
@open_to(EDITORS)
def remove_policy_joint_use(joint_use_id: str) -> AnyResponse:
    return policy_draft.save(
        lambda policy: editing.remove(policy, "joint_use", joint_use_id), _list, "policy_joint_uses"
    )


def _form(joint_use: Mapping[str, Any], policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    items = joint_use.get("items") or []
    own = [each for each in items if not isinstance(each, str)]
    return policy_draft.show(
        "policy_joint_uses",
        "policy_joint_use.html",
        policy_draft.draft(),
        policy,
        refused=refused or (),
        joint_use=joint_use,
        name=policy_words.in_language(joint_use.get("name")),
        items=policy_words.items(),
        ticked=[each for each in items if isinstance(each, str)],
        own_items=[*own, *({} for _ in range(SPARE_ROWS))],
    )


def _values(policy: Source, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, and nothing else."""
    languages, responsible = policy["languages"], before.get("responsible", {})
    own = [each for each in before.get("items", ()) if not isinstance(each, str)]
    return {
        **{name: policy_fields.text_in_each(name, languages, before.get(name)) for name in _TEXTS},
        "items": [*request.form.getlist("items"), *_own_items(languages, own)],
        "responsible": {
            name: policy_fields.text_in_each(f"responsible.{name}", languages, responsible.get(name), plain=True)
            for name in _RESPONSIBLE
        },
    }


def _own_items(languages: list[str], before: list[Any]) -> Iterator[dict[str, str]]:
    """Row by row, as many as the form has; a row that was emptied is gone, in languages that it does not show too."""
    for row in count():
        said = policy_fields.texts(f"item.{row}", languages)
        if not said:
            return
        if any(said.values()):
            yield policy_fields.text_in_each(f"item.{row}", languages, before[row] if row < len(before) else None)
