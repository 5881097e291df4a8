"""The small forms of the draft: who asks, how it looks, how long it holds. Each changes its own part of the same file."""

from collections.abc import Callable
from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import policy_draft, policy_fields
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.law.packs import DEFAULT, packs
from consent.policies import editing
from consent.policies.contrast import ratio
from consent.policies.document import POSITIONS, Source
from consent.policies.findings import Finding
from consent.policies.lint import LEAST_CONTRAST, READ_TOGETHER
from consent.policies.schemas.look import LIGHT, is_colour

PLACES = [f"{first}/{position}" for first, positions in POSITIONS.items() for position in positions]
ORDERS = ("reject accept settings", "accept reject settings")
_TEXTS_OF_CONTROLLER = ("name", "address", "representative", "contact", "inquiry_url")


@blueprint.get("/sites/<site_key>/policy/basics")
@open_to(READERS)
def policy_basics() -> Response:
    return _show("basics")


@blueprint.post("/sites/<site_key>/policy/basics")
@open_to(EDITORS)
def save_policy_basics() -> AnyResponse:
    return _save("basics", _basics)


def _basics(policy: Source) -> Source:
    languages, before = policy["languages"], policy["controller"]
    controller = {
        name: policy_fields.text_in_each(f"controller.{name}", languages, before[name], plain=True)
        for name in _TEXTS_OF_CONTROLLER
    }
    country = policy_fields.text("controller.country")
    url = policy_fields.text_in_each("privacy_policy.url", languages, policy["privacy_policy"]["url"], plain=True)
    changed = editing.put(policy, "controller", {**controller, "country": country and country.upper()})
    return editing.put(changed, "privacy_policy", {"url": url, "version": policy_fields.text("privacy_policy.version")})


@blueprint.get("/sites/<site_key>/policy/look")
@open_to(READERS)
def policy_look() -> Response:
    return _show("look")


@blueprint.post("/sites/<site_key>/policy/look")
@open_to(EDITORS)
def save_policy_look() -> AnyResponse:
    return _save("look", _look)


def _look(policy: Source) -> Source:
    first, _, position = (policy_fields.text("place") or "").partition("/")
    buttons = (policy_fields.text("buttons") or "").split()
    layout = {"first": first, "position": position, "reopen": policy_fields.text("reopen"), "buttons": buttons}
    theme: dict[str, Any] = {
        scheme: {name: policy_fields.text(f"{scheme}.{name}") for name in LIGHT} for scheme in ("light", "dark")
    }
    changed = editing.put(policy, "layout", layout)
    return editing.put(changed, "theme", {**theme, "radius": policy_fields.number("radius")})


@blueprint.get("/sites/<site_key>/policy/consent")
@open_to(READERS)
def policy_consent() -> Response:
    return _show("consent")


@blueprint.post("/sites/<site_key>/policy/consent")
@open_to(EDITORS)
def save_policy_consent() -> AnyResponse:
    return _save("consent", _consent)


def _consent(policy: Source) -> Source:
    number, text, ticked = policy_fields.number, policy_fields.text, policy_fields.ticked
    changed = editing.put(policy, "consent", {"lifetime_days": number("lifetime_days"), "cookie": text("cookie")})
    mode = {
        "mode": text("mode"),
        "wait_for_update": number("wait_for_update"),
        "url_passthrough": ticked("url_passthrough"),
        "ads_data_redaction": ticked("ads_data_redaction"),
    }
    changed = editing.put(changed, "consent_mode", mode)
    changed = editing.put(changed, "law", {"packs": request.form.getlist("law"), "default": text("law_default")})
    return editing.put(changed, "recording", {name: ticked(name) for name in ("ip_prefix", "browser", "showings")})


def laws() -> list[tuple[str, str, str]]:
    """(id, name, summary) of every pack in the user's language, the default first."""
    known = sorted(packs().values(), key=lambda each: each.id != DEFAULT)
    return [(each.id, each.name[g.language], each.summary[g.language]) for each in known]


def _save(part: str, change: Callable[[Source], Source]) -> AnyResponse:
    return policy_draft.save(change, lambda policy, refused: _show(part, policy, refused), f"policy_{part}")


def _show(part: str, policy: Source | None = None, refused: list[Finding] | None = None) -> Response:
    found = policy_draft.draft()
    shown = policy or found.policy
    return policy_draft.show(
        f"policy_{part}",
        f"policy_{part}.html",
        found,
        shown,
        refused=refused or (),
        places=PLACES,
        place=_place(shown["layout"]),
        orders=dict.fromkeys((*ORDERS, " ".join(map(str, shown["layout"]["buttons"])))),
        least=LEAST_CONTRAST,
        laws=laws(),
        law_names=[(name, title) for name, title, _ in laws()],
        contrasts=[
            _contrast(scheme, shown["theme"][scheme], *pair) for scheme in ("light", "dark") for pair in READ_TOGETHER
        ],
    )


def _place(layout: dict[str, Any]) -> str:
    positions = POSITIONS.get(layout["first"], ("",))
    return f"{layout['first']}/{layout['position'] or positions[0]}"


def _contrast(scheme: str, colours: dict[str, str], below: str, above: str) -> dict[str, Any]:
    lower, upper = colours[below], colours[above]
    known = is_colour(lower) and is_colour(upper)
    # Rounded down: what is shown as 4.5 is 4.5.
    found = int(ratio(lower, upper) * 100) / 100 if known else None
    return {"scheme": scheme, "below": below, "above": above, "lower": lower, "upper": upper, "ratio": found}
