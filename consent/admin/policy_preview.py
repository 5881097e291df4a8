"""The banner of the draft as visitors would see it, under each law of the site. Nothing is recorded, and nothing is asked of
anybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g, request

from consent.admin import frames, policy_draft, policy_words, shell
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.banner import preview
from consent.law.packs import packs
from consent.law.terms import STRICTEST
from consent.policies.document import resolve
from consent.policies.findings import PolicyRefused, errors_among

LAYERS = ("1", "2")
WIDTHS = {"desktop": "100%", "phone": "390"}
SCHEMES = ("light", "dark")
SIGNALS = ("off", "on")


@blueprint.get("/sites/<site_key>/policy/preview")
@open_to(READERS)
def policy_preview() -> Response:
    found = policy_draft.draft()
    resolved = resolve(found.policy)
    document, errors = resolved.document, errors_among(resolved.findings)
    wanted = _wanted(document)
    page = policy_draft.show(
        "policy_preview",
        "policy_preview.html",
        found,
        errors=policy_words.findings(errors, found.policy),
        wanted=wanted,
        width=WIDTHS[wanted["width"]],
        laws=[(name, _law_name(name)) for name in _laws(document)],
        early=[] if errors else _early(document, wanted),
    )
    return frames.holding(page)


def _early(document: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    """Names of what runs before an answer."""
    running = preview.early(document, wanted["law"], signal=wanted["signal"] == "on")
    return [policy_words.in_language(each["name"]) for each in running]


@blueprint.get("/sites/<site_key>/policy/preview/frame")
@open_to(READERS)
def policy_preview_frame() -> Response:
    """The page in the frame. It runs without an origin: it reaches neither this session nor any storage.

    Raises PolicyRefused.
    """
    resolved = resolve(policy_draft.draft().policy)
    if errors_among(resolved.findings):
        raise PolicyRefused(resolved.findings)
    wanted = _wanted(resolved.document)
    shown = preview.compose(
        shell.site(),
        resolved.document,
        language=wanted["language"],
        layer=int(wanted["layer"]),
        dark=wanted["scheme"] == "dark",
        pack=wanted["law"],
        signal=wanted["signal"] == "on",
    )
    return frames.answer(shown)


def _wanted(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        "language": _one_of("language", document["languages"]),
        "law": _one_of("law", _laws(document)),
        "signal": _one_of("signal", SIGNALS),
        "layer": _one_of("layer", LAYERS),
        "width": _one_of("width", list(WIDTHS)),
        "scheme": _one_of("scheme", SCHEMES),
    }


def _laws(document: Mapping[str, Any]) -> list[str]:
    """Of a site with several, each and the strictest; of one law there is nothing to choose."""
    chosen = document.get("law", {}).get("packs", ())
    return [*(each["id"] for each in chosen), STRICTEST] if len(chosen) > 1 else [STRICTEST]


def _law_name(name: str) -> str:
    return shell.text("policy.preview_unknown") if name == STRICTEST else packs()[name].name[g.language]


def _one_of(name: str, known: Sequence[str]) -> str:
    given = request.args.get(name, "")
    return given if given in known else known[0]
