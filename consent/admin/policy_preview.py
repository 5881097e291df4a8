"""The banner of the draft as visitors would see it. Nothing is recorded, and nothing is asked of anybody."""

from typing import Any

from flask import Response, request

from consent.admin import frames, policy_draft, policy_words, shell
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.banner import preview
from consent.policies.document import Source, resolve
from consent.policies.findings import PolicyRefused, errors_among

LAYERS = ("1", "2")
WIDTHS = {"desktop": "100%", "phone": "390"}
SCHEMES = ("light", "dark")


@blueprint.get("/sites/<site_key>/policy/preview")
@open_to(READERS)
def policy_preview() -> Response:
    found = policy_draft.draft()
    errors = errors_among(resolve(found.policy).findings)
    wanted = _wanted(found.policy)
    page = policy_draft.show(
        "policy_preview",
        "policy_preview.html",
        found,
        errors=policy_words.findings(errors, found.policy),
        wanted=wanted,
        width=WIDTHS[wanted["width"]],
    )
    return frames.holding(page)


@blueprint.get("/sites/<site_key>/policy/preview/frame")
@open_to(READERS)
def policy_preview_frame() -> Response:
    """The page in the frame. It runs without an origin: it reaches neither this session nor any storage.

    Raises PolicyRefused.
    """
    policy = policy_draft.draft().policy
    resolved, wanted = resolve(policy), _wanted(policy)
    if errors_among(resolved.findings):
        raise PolicyRefused(resolved.findings)
    shown = preview.compose(
        shell.site(),
        resolved.document,
        language=wanted["language"],
        layer=int(wanted["layer"]),
        dark=wanted["scheme"] == "dark",
    )
    return frames.answer(shown)


def _wanted(policy: Source) -> dict[str, Any]:
    return {
        "language": _one_of("language", policy["languages"]),
        "layer": _one_of("layer", LAYERS),
        "width": _one_of("width", list(WIDTHS)),
        "scheme": _one_of("scheme", SCHEMES),
    }


def _one_of(name: str, known: Any) -> Any:
    given = request.args.get(name)
    return given if given in known else known[0]
