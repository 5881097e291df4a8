"""The policy as a whole: who asks, in which languages, under which laws, and what is kept of an answer."""

from marshmallow import Schema, fields, validate

from consent.law.packs import DEFAULT
from consent.policies.schemas.fields import COUNTRY, ID, IdOr, Tag, Text, Url, bounds, length, members, one_of, section
from consent.policies.schemas.joint_use import JointUseSchema
from consent.policies.schemas.look import LayoutSchema, ThemeSchema
from consent.policies.schemas.service import ServiceSchema, VendorSchema


class ControllerSchema(Schema):
    name = Text(plain=True, required=True)
    address = Text(plain=True, load_default=None, allow_none=True)
    representative = Text(plain=True, load_default=None, allow_none=True)
    contact = Text(plain=True, load_default=None, allow_none=True)
    inquiry_url = Url(load_default=None, allow_none=True)
    country = fields.String(load_default=None, allow_none=True, validate=COUNTRY)


class PrivacyPolicySchema(Schema):
    url = Url(required=True)
    version = fields.String(required=True, validate=length(1, 60))


class CategorySchema(Schema):
    id = fields.String(required=True, validate=ID)
    name = Text()
    description = Text()


class ConsentSchema(Schema):
    lifetime_days = fields.Integer(strict=True, load_default=180)
    cookie = fields.String(load_default="consent")


class ConsentModeSchema(Schema):
    mode = fields.String(load_default="basic", validate=one_of(["basic", "advanced"]))
    wait_for_update = fields.Integer(strict=True, load_default=500, validate=bounds(0, 10_000))
    url_passthrough = fields.Boolean(load_default=False)
    ads_data_redaction = fields.Boolean(load_default=True)


class RecordingSchema(Schema):
    ip_prefix = fields.Boolean(load_default=True)
    browser = fields.Boolean(load_default=True)
    showings = fields.Boolean(load_default=False)


class LawSchema(Schema):
    packs = fields.List(fields.String(validate=ID), load_default=lambda: [DEFAULT], validate=members(1, 40))
    default = fields.String(load_default=None, allow_none=True, validate=ID)
    notice = Text(load_default=None, allow_none=True)
    notice_part = Text(load_default=None, allow_none=True)
    notice_signal = Text(load_default=None, allow_none=True)


class PolicySchema(Schema):
    schema = fields.Integer(strict=True, required=True, validate=validate.Equal(1, error="schema"))
    controller = fields.Nested(ControllerSchema, required=True)
    privacy_policy = fields.Nested(PrivacyPolicySchema, required=True)
    languages = fields.List(Tag(), required=True, validate=members(1, 40))
    texts = fields.Dict(keys=Tag(), values=fields.Dict(keys=fields.String(), values=fields.String()), load_default=dict)
    categories = fields.List(IdOr(CategorySchema(), short="id"), required=True)
    services = fields.List(fields.Nested(ServiceSchema), required=True, validate=members(0, 200))
    vendors = fields.List(fields.Nested(VendorSchema), load_default=list)
    joint_use = fields.List(fields.Nested(JointUseSchema), load_default=list, validate=members(0, 20))
    consent = section(ConsentSchema)
    consent_mode = section(ConsentModeSchema)
    layout = section(LayoutSchema)
    theme = section(ThemeSchema)
    recording = section(RecordingSchema)
    law = section(LawSchema)
