"""Joint use of personal data."""

from marshmallow import Schema, fields

from consent.policies.schemas.fields import ID, LEAST_ONE, Sends, Text


class ResponsibleSchema(Schema):
    name = Text(plain=True, required=True)
    address = Text(plain=True, required=True)
    representative = Text(plain=True, load_default=None, allow_none=True)


class JointUseSchema(Schema):
    """What APPI Article 27(5)(iii) wants to be known. The representative is needed where the responsible one is a corporation."""

    id = fields.String(required=True, validate=ID)
    name = Text(required=True)
    items = Sends(required=True, validate=LEAST_ONE)
    users = Text(required=True)
    purpose = Text(required=True)
    responsible = fields.Nested(ResponsibleSchema, required=True)
