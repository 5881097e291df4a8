"""A service, what it keeps and sends, and its vendor."""

from marshmallow import Schema, fields

from consent.catalogue.presets import CONFIDENCES, PROVISION_TYPES, STORAGE_KINDS
from consent.policies.schemas.fields import (
    COUNTRY,
    DAY,
    HOST,
    ID,
    URL,
    ParameterValue,
    Sends,
    Text,
    bounds,
    length,
    one_of,
)


class CookieSchema(Schema):
    name = fields.String(required=True, validate=length(1, 120))
    kind = fields.String(load_default="cookie", validate=one_of(STORAGE_KINDS))
    domain = fields.String(load_default=None, allow_none=True, validate=length(1, 253))
    lifetime_s = fields.Integer(strict=True, load_default=None, allow_none=True, validate=bounds(-1, 2**31))
    purpose = Text(load_default=None, allow_none=True)
    confidence = fields.String(load_default="unverified", validate=one_of(CONFIDENCES))
    source = fields.String(load_default=None, allow_none=True, validate=URL)
    verified_on = fields.String(load_default=None, allow_none=True, validate=DAY)


class AcquiresSchema(Schema):
    recipient = Text(plain=True, load_default=None, allow_none=True)
    items = Sends(load_default=list)
    text = Text(load_default=None, allow_none=True)


class ProvisionSchema(Schema):
    """What the site decides that giving data to the vendor is under the law of Japan (APPI, Articles 27, 28 and 31)."""

    type = fields.String(required=True, validate=one_of(PROVISION_TYPES))
    reason = Text(load_default=None, allow_none=True)


class ServiceSchema(Schema):
    id = fields.String(required=True, validate=ID)
    preset = fields.String(required=True)
    category = fields.String(load_default=None, allow_none=True)
    vendor = fields.String(load_default=None, allow_none=True)
    name = Text(plain=True, load_default=None, allow_none=True)
    purpose = Text(load_default=None, allow_none=True)
    sends = Sends(load_default=None, allow_none=True)
    cookies = fields.List(fields.Nested(CookieSchema), load_default=None, allow_none=True)
    hosts = fields.List(fields.String(validate=HOST), load_default=list)
    parameters = fields.Dict(keys=fields.String(), values=ParameterValue(), load_default=dict)
    load = fields.String(  # type: ignore[assignment] # marshmallow keeps fields apart from its own methods
        load_default=None, allow_none=True, validate=one_of(["page", "platform"])
    )
    their_purpose = Text(load_default=None, allow_none=True)
    provision = fields.Nested(ProvisionSchema, load_default=None, allow_none=True)
    acquires_as_personal_data = fields.Nested(AcquiresSchema, load_default=None, allow_none=True)
    opt_out_url = fields.String(load_default=None, allow_none=True, validate=URL)


class VendorSchema(Schema):
    id = fields.String(required=True, validate=ID)
    name = Text(plain=True, required=True)
    address = Text(plain=True, load_default=None, allow_none=True)
    country = fields.String(required=True, validate=COUNTRY)
    policy_url = fields.String(load_default=None, allow_none=True, validate=URL)
    opt_out_url = fields.String(load_default=None, allow_none=True, validate=URL)
