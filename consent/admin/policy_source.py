"""The draft as its file: to read, write, check, upload and download."""

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_draft, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import transact
from consent.policies import drafts, lint
from consent.policies.document import read
from consent.policies.drafts import Draft, DraftChanged
from consent.policies.findings import Finding, PolicyRefused


@blueprint.get("/sites/<site_key>/policy/source")
@open_to(READERS)
def policy_source() -> Response:
    found = policy_draft.draft()
    return _page(found, found.source)


@blueprint.post("/sites/<site_key>/policy/source")
@open_to(EDITORS)
def save_policy_source() -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()
    text, opened = _typed(), policy_draft.edition()
    try:
        transact(lambda connection: drafts.save(connection, site.id, text, edition=opened, user_id=user.id, now=now))
    except PolicyRefused as refusal:
        return _page(policy_draft.draft(), text, refusal.findings, status=422)
    except DraftChanged as error:
        return policy_draft.conflict(error.theirs, text)
    return shell.to("policy_source", saved="draft")


@blueprint.post("/sites/<site_key>/policy/source/check")
@open_to(EDITORS)
def check_policy_source() -> Response:
    """Nothing is saved."""
    text = _typed()
    try:
        found = lint.check(read(text))
    except PolicyRefused as refusal:
        found = refusal.findings
    return _page(policy_draft.draft(), text, found, checked=True)


@blueprint.post("/sites/<site_key>/policy/source/upload")
@open_to(EDITORS)
def upload_policy_source() -> Response:
    """Into the editor: to be looked at, then saved."""
    file = request.files.get("file")
    text = file.read().decode("utf-8-sig", "replace") if file else ""
    found = policy_draft.draft()
    return _page(found, _lines(text) or found.source, uploaded=bool(text))


@blueprint.get("/sites/<site_key>/policy/draft.yaml")
@open_to(READERS)
def download_policy_draft() -> Response:
    return as_file(policy_draft.draft().source, f"{shell.site().key}-draft.yaml")


def as_file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(text, mimetype="application/yaml", headers=headers)


def _typed() -> str:
    return _lines(request.form.get("source", ""))


def _lines(text: str) -> str:
    """Browsers end lines as old teleprinters did."""
    return text.replace("\r\n", "\n")


def _page(
    found: Draft,
    text: str,
    findings: list[Finding] | None = None,
    *,
    status: int = 200,
    checked: bool = False,
    uploaded: bool = False,
) -> Response:
    saved = request.args.get("saved", "")
    said = shell.text("policy.uploaded") if uploaded else shell.text("policy.saved.draft") if saved == "draft" else None
    return shell.page(
        "policy_source.html",
        status,
        section="policy",
        part="policy_source",
        parts=policy_draft.PARTS,
        draft=found,
        text=text,
        may_change=policy_draft.may_change(),
        checked=checked,
        findings=policy_words.findings(findings or (), {}),
        problem=shell.text("policy.not_saved") if status != 200 else None,
        said=said,
    )
