"""The shape of a policy document. Unknown keys are errors; docs/policy.md lists every key with its default."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from consent.catalogue.presets import CONFIDENCES, PROVISION_TYPES, STORAGE_KINDS
from consent.law.packs import DEFAULT
from consent.policies.findings import Finding, PolicyRefused

LONGEST_TEXT = 4000

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# A validator's error is a case of `value_invalid` with its parts: `case|part=value|…`. Marshmallow's own have theirs here.
_CASES = {
    "Field may not be null.": "null",
    "Not a valid string.": "text",
    "Not a valid integer.": "number",
    "Number too large.": "number",
    "Not a valid boolean.": "boolean",
    "Not a valid list.": "list",
    "Not a valid mapping type.": "map",
    "Invalid type.": "map",
    "Invalid input type.": "map",
}
_ID = validate.Regexp(r"[a-z0-9_-]{1,40}\Z", error="id")
_HEX_COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_COLOUR = validate.Regexp(_HEX_COLOUR, error="colour")
_COUNTRY = validate.Regexp(r"[A-Z]{2}\Z", error="country")
_LEAST_ONE = validate.Length(min=1, error="none")
_DAY = validate.Regexp(r"\d{4}-\d\d-\d\d\Z", error="day")
_HOST = validate.Regexp(r"[a-z0-9*.-]{1,253}\Z", error="host")
_URL = validate.Regexp(r"https?://[^\s\"'<>\\]+\Z", error="address")

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


def _length(least: int, most: int) -> validate.Length:
    return validate.Length(least, most, error="length|least={min}|most={max}")


def _members(least: int, most: int) -> validate.Length:
    return validate.Length(least, most, error="members|least={min}|most={max}")


def _range(least: int, most: int) -> validate.Range:
    return validate.Range(least, most, error="range|least={min}|most={max}")


def _one_of(choices: Sequence[str]) -> validate.OneOf:
    return validate.OneOf(choices, error="choice|choices={choices}")


def is_colour(text: Any) -> bool:
    return isinstance(text, str) and _HEX_COLOUR.match(text) is not None


class Tag(fields.String):
    """A language tag, kept in lower case, so that each language has one name."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        tag: str = super()._deserialize(value, *args, **kwargs)
        if not _TAG.fullmatch(tag):
            raise ValidationError("language_tag")
        return tag.lower()


class Text(fields.Field[Any]):
    """{language: text}; one plain string too, where `plain` says that it may be the same in every language."""

    def __init__(self, *, plain: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.plain = plain
        self._one = fields.String(validate=_length(1, LONGEST_TEXT))
        self._map = fields.Dict(keys=Tag(), values=self._one, validate=_LEAST_ONE)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not self.plain:
            raise ValidationError("text_per_language")
        if isinstance(value, str):
            return self._one.deserialize(value, attr, data, **kwargs)
        languages = [str(tag).lower() for tag in value] if isinstance(value, Mapping) else []
        if len(languages) != len(set(languages)):
            raise ValidationError("language_twice")
        return self._map.deserialize(value, attr, data, **kwargs)


class Url(Text):
    """An http(s) address, or one per language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(plain=True, **options)
        self._one.validators.append(_URL)


class ParameterValue(fields.String):
    """Text; a whole number is taken as its digits, because most ids look like one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        return str(super()._deserialize(value, *args, **kwargs))


class IdOr(fields.Field[Any]):
    """An id, or a map that a schema describes."""

    def __init__(self, other: Schema | Text, *, short: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._other = other
        self._short = short

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return {self._short: _ID(value)} if self._short else _ID(value)
        if isinstance(self._other, Schema):
            return self._other.load(value)
        return self._other.deserialize(value, attr, data, **kwargs)


class Sends(fields.List[Any]):
    """Data items: ids of the catalogue, or own texts {language: text}. One own text may stand alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(IdOr(Text()), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize([value] if isinstance(value, Mapping) else value, *args, **kwargs)


def _section(schema: type[Schema]) -> fields.Nested:
    """A part that may be left out; its own defaults then hold."""
    return fields.Nested(schema, load_default=lambda: schema().load({}))


class ControllerSchema(Schema):
    name = Text(plain=True, required=True)
    address = Text(plain=True, load_default=None, allow_none=True)
    representative = Text(plain=True, load_default=None, allow_none=True)
    contact = Text(plain=True, load_default=None, allow_none=True)
    inquiry_url = Url(load_default=None, allow_none=True)
    country = fields.String(load_default=None, allow_none=True, validate=_COUNTRY)


class PrivacyPolicySchema(Schema):
    url = Url(required=True)
    version = fields.String(required=True, validate=_length(1, 60))


class CategorySchema(Schema):
    id = fields.String(required=True, validate=_ID)
    name = Text()
    description = Text()


class CookieSchema(Schema):
    name = fields.String(required=True, validate=_length(1, 120))
    kind = fields.String(load_default="cookie", validate=_one_of(STORAGE_KINDS))
    domain = fields.String(load_default=None, allow_none=True, validate=_length(1, 253))
    lifetime_s = fields.Integer(strict=True, load_default=None, allow_none=True, validate=_range(-1, 2**31))
    purpose = Text(load_default=None, allow_none=True)
    confidence = fields.String(load_default="unverified", validate=_one_of(CONFIDENCES))
    source = fields.String(load_default=None, allow_none=True, validate=_URL)
    verified_on = fields.String(load_default=None, allow_none=True, validate=_DAY)


class AcquiresSchema(Schema):
    recipient = Text(plain=True, load_default=None, allow_none=True)
    items = Sends(load_default=list)
    text = Text(load_default=None, allow_none=True)


class ProvisionSchema(Schema):
    """What the site decides that giving data to the vendor is under the law of Japan (APPI, Articles 27, 28 and 31)."""

    type = fields.String(required=True, validate=_one_of(PROVISION_TYPES))
    reason = Text(load_default=None, allow_none=True)


class ServiceSchema(Schema):
    id = fields.String(required=True, validate=_ID)
    preset = fields.String(required=True)
    category = fields.String(load_default=None, allow_none=True)
    vendor = fields.String(load_default=None, allow_none=True)
    name = Text(plain=True, load_default=None, allow_none=True)
    purpose = Text(load_default=None, allow_none=True)
    sends = Sends(load_default=None, allow_none=True)
    cookies = fields.List(fields.Nested(CookieSchema), load_default=None, allow_none=True)
    hosts = fields.List(fields.String(validate=_HOST), load_default=list)
    parameters = fields.Dict(keys=fields.String(), values=ParameterValue(), load_default=dict)
    load = fields.String(  # type: ignore[assignment] # marshmallow keeps fields apart from its own methods
        load_default=None, allow_none=True, validate=_one_of(["page", "platform"])
    )
    their_purpose = Text(load_default=None, allow_none=True)
    provision = fields.Nested(ProvisionSchema, load_default=None, allow_none=True)
    acquires_as_personal_data = fields.Nested(AcquiresSchema, load_default=None, allow_none=True)
    opt_out_url = fields.String(load_default=None, allow_none=True, validate=_URL)


class VendorSchema(Schema):
    id = fields.String(required=True, validate=_ID)
    name = Text(plain=True, required=True)
    address = Text(plain=True, load_default=None, allow_none=True)
    country = fields.String(required=True, validate=_COUNTRY)
    policy_url = fields.String(load_default=None, allow_none=True, validate=_URL)
    opt_out_url = fields.String(load_default=None, allow_none=True, validate=_URL)


class ResponsibleSchema(Schema):
    name = Text(plain=True, required=True)
    address = Text(plain=True, required=True)
    representative = Text(plain=True, load_default=None, allow_none=True)


class JointUseSchema(Schema):
    """What APPI Article 27(5)(iii) wants to be known. The representative is needed where the responsible one is a corporation."""

    id = fields.String(required=True, validate=_ID)
    name = Text(required=True)
    items = Sends(required=True, validate=_LEAST_ONE)
    users = Text(required=True)
    purpose = Text(required=True)
    responsible = fields.Nested(ResponsibleSchema, required=True)


class ConsentSchema(Schema):
    lifetime_days = fields.Integer(strict=True, load_default=180)
    cookie = fields.String(load_default="consent")


class ConsentModeSchema(Schema):
    mode = fields.String(load_default="basic", validate=_one_of(["basic", "advanced"]))
    wait_for_update = fields.Integer(strict=True, load_default=500, validate=_range(0, 10_000))
    url_passthrough = fields.Boolean(load_default=False)
    ads_data_redaction = fields.Boolean(load_default=True)


class LayoutSchema(Schema):
    first = fields.String(load_default="bar", validate=_one_of(["bar", "box", "dialog"]))
    position = fields.String(load_default=None)
    reopen = fields.String(load_default="floating", validate=_one_of(["floating", "link"]))
    buttons = fields.List(
        fields.String(validate=_one_of(["reject", "accept", "settings"])),
        load_default=lambda: ["reject", "accept", "settings"],
    )


def _palette(defaults: Mapping[str, str]) -> type[Schema]:
    return Schema.from_dict(
        {name: fields.String(load_default=colour, validate=_COLOUR) for name, colour in defaults.items()}
    )


class ThemeSchema(Schema):
    light = _section(_palette(LIGHT))
    dark = _section(_palette(DARK))
    radius = fields.Integer(strict=True, load_default=8, validate=_range(0, 32))


class RecordingSchema(Schema):
    ip_prefix = fields.Boolean(load_default=True)
    browser = fields.Boolean(load_default=True)
    showings = fields.Boolean(load_default=False)


class LawSchema(Schema):
    packs = fields.List(fields.String(validate=_ID), load_default=lambda: [DEFAULT], validate=_members(1, 40))
    default = fields.String(load_default=None, allow_none=True, validate=_ID)
    notice = Text(load_default=None, allow_none=True)
    notice_part = Text(load_default=None, allow_none=True)
    notice_signal = Text(load_default=None, allow_none=True)


class PolicySchema(Schema):
    schema = fields.Integer(strict=True, required=True, validate=validate.Equal(1, error="schema"))
    controller = fields.Nested(ControllerSchema, required=True)
    privacy_policy = fields.Nested(PrivacyPolicySchema, required=True)
    languages = fields.List(Tag(), required=True, validate=_members(1, 40))
    texts = fields.Dict(keys=Tag(), values=fields.Dict(keys=fields.String(), values=fields.String()), load_default=dict)
    categories = fields.List(IdOr(CategorySchema(), short="id"), required=True)
    services = fields.List(fields.Nested(ServiceSchema), required=True, validate=_members(0, 200))
    vendors = fields.List(fields.Nested(VendorSchema), load_default=list)
    joint_use = fields.List(fields.Nested(JointUseSchema), load_default=list, validate=_members(0, 20))
    consent = _section(ConsentSchema)
    consent_mode = _section(ConsentModeSchema)
    layout = _section(LayoutSchema)
    theme = _section(ThemeSchema)
    recording = _section(RecordingSchema)
    law = _section(LawSchema)


_SCHEMA = PolicySchema()


def validated(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every default filled in. Raises PolicyRefused with a finding for each wrong place."""
    try:
        loaded: dict[str, Any] = _SCHEMA.load(document)
    except ValidationError as error:
        raise PolicyRefused(_findings(error.normalized_messages(), ())) from None  # type: ignore[no-untyped-call]
    return loaded


def _findings(messages: Any, path: tuple[str, ...]) -> list[Finding]:
    if isinstance(messages, Mapping):
        return [
            finding
            for step, inner in messages.items()
            for finding in _findings(inner, path if step in ("_schema", "value", "key") else (*path, str(step)))
        ]
    place = ".".join(path)
    return [_finding(place, str(message)) for message in messages]


def _finding(place: str, message: str) -> Finding:
    if message == "Unknown field.":
        return Finding("key_unknown", place)
    if message == "Missing data for required field.":
        return Finding("key_missing", place)
    case, *parts = _CASES.get(message, message).split("|")
    return Finding("value_invalid", place, dict(each.split("=", 1) for each in parts), case)
