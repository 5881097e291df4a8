"""How the banner looks."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from consent.policies.schemas.fields import bounds, one_of, section

_HEX_COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_COLOUR = validate.Regexp(_HEX_COLOUR, error="colour")

LIGHT = {
    "background": "#ffffff",
    "text": "#1b1f24",
    "accent": "#1f4e79",
    "accent_text": "#ffffff",
    "border": "#8a929c",
    "muted": "#59626d",
}
DARK = {
    "background": "#16191d",
    "text": "#f2f4f7",
    "accent": "#9cc7f0",
    "accent_text": "#0d1b2a",
    "border": "#76808b",
    "muted": "#b4bcc6",
}


def is_colour(text: Any) -> bool:
    return isinstance(text, str) and _HEX_COLOUR.match(text) is not None


class LayoutSchema(Schema):
    first = fields.String(load_default="bar", validate=one_of(["bar", "box", "dialog"]))
    position = fields.String(load_default=None)
    reopen = fields.String(load_default="floating", validate=one_of(["floating", "link"]))
    buttons = fields.List(
        fields.String(validate=one_of(["reject", "accept", "settings"])),
        load_default=lambda: ["reject", "accept", "settings"],
    )


def _palette(defaults: Mapping[str, str]) -> type[Schema]:
    return Schema.from_dict(
        {name: fields.String(load_default=colour, validate=_COLOUR) for name, colour in defaults.items()}
    )


class ThemeSchema(Schema):
    light = section(_palette(LIGHT))
    dark = section(_palette(DARK))
    radius = fields.Integer(strict=True, load_default=8, validate=bounds(0, 32))
