"""The wire form of a decision (docs/reference/api.md). Instances are made once: building a schema costs three loads."""

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

DECISIONS = ("accept_all", "reject_all", "custom", "withdraw", "gpc")
SOURCES = ("banner", "preferences", "api", "gpc")
UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_PLAIN = validate.Regexp(r"[^\x00-\x1f\x7f]*\Z", error="Control characters are not allowed.")


class StrictBoolean(fields.Boolean):
    """true or false, and none of the words that merely look like them: a consent is not guessed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


class StrictString(fields.String):
    def __init__(self, pattern: str, **kwargs: Any):
        super().__init__(validate=validate.Regexp(rf"(?:{pattern})\Z"), **kwargs)


class Switches(fields.Dict):
    """{id: true or false}. One loop of its own: a field object for each key and value was the slowest part of a request."""

    _ID = re.compile(r"[a-z0-9_-]{1,64}")
    _MOST = 200

    def __init__(self) -> None:
        keys = StrictString(self._ID.pattern)
        super().__init__(keys=keys, values=StrictBoolean(), required=True, validate=validate.Length(max=self._MOST))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, bool]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        errors = {key: ["Not an id with true or false."] for key, on in value.items() if not self._fits(key, on)}
        if errors:
            raise ValidationError(errors)
        return value

    def _fits(self, key: Any, on: Any) -> bool:
        return isinstance(on, bool) and self._ID.fullmatch(key) is not None


class RecordSchema(Schema):
    class Meta:
        unknown = RAISE

    record_id = StrictString(
        UUID7, required=True, metadata={"description": "UUIDv7 made by the client; makes a repeat harmless."}
    )
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    categories = Switches()
    services = Switches()
    policy_version = StrictString(r"[0-9a-f]{64}", required=True)
    language = StrictString(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", required=True)
    page_path = fields.String(load_default=None, allow_none=True, validate=[validate.Length(max=2048), _PLAIN])
    gpc = StrictBoolean(load_default=False)
    region = StrictString(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", load_default=None, allow_none=True)
    law = StrictString(
        r"[a-z0-9_-]{1,20}",
        load_default=None,
        allow_none=True,
        metadata={"description": "The law pack of a script that lets tags run before a decision."},
    )
    client_time = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
    script = StrictString(r"[0-9a-f]{16}", load_default=None, allow_none=True)
    visitor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class OpeningSchema(Schema):
    """What opens the record's leaf of the log: canonical texts and base64 salts. null where a half was erased."""

    kind = fields.Integer(required=True)
    schema = fields.Integer(required=True)
    evidence = fields.String(required=True, allow_none=True)
    evidence_salt = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    subject_salt = fields.String(required=True, allow_none=True)


class ReceiptSchema(Schema):
    """The copy of the record that the visitor keeps."""

    record_id = fields.String(required=True)
    site = fields.String(required=True)
    visitor_id = fields.String(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    source = fields.String(required=True)
    categories = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    services = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    policy_version = fields.String(required=True)
    language = fields.String(required=True)
    received_time = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    token = fields.String(required=True, metadata={"description": "For `GET /api/v1/receipts/<token>`."})
    opening = fields.Nested(OpeningSchema, required=True)
    promise = fields.String(
        required=True, metadata={"description": "A signed note: the leaf will be in the log within the merge delay."}
    )


class ProofSchema(Schema):
    """`proof` is a c2sp.org/tlog-proof@v1 with its checkpoint; null while the entry is pending."""

    status = fields.String(required=True, validate=validate.OneOf(["pending", "included"]))
    proof = fields.String(required=True, allow_none=True)


class LeftSchema(OpeningSchema):
    """With the commitments that are left of erased halves, base64: the leaf can still be computed."""

    evidence_commitment = fields.String(required=True, allow_none=True)
    subject_commitment = fields.String(required=True, allow_none=True)


class CopySchema(ReceiptSchema, ProofSchema):
    """The receipt with its proof. What was erased since is null."""

    visitor_id = fields.String(required=True, allow_none=True)
    decision = fields.String(required=True, allow_none=True, validate=validate.OneOf(DECISIONS))
    source = fields.String(required=True, allow_none=True)
    policy_version = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    categories = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True, allow_none=True)
    services = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True, allow_none=True)
    received_time = fields.AwareDateTime(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    opening = fields.Nested(LeftSchema, required=True)


class RecordedSchema(Schema):
    record_id = fields.String(required=True)
    visitor = fields.String(
        required=True, metadata={"description": "The visitor token, to be sent with the next request."}
    )
    received_time = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    receipt = fields.Nested(ReceiptSchema, required=True)


class StateRequestSchema(Schema):
    class Meta:
        unknown = RAISE

    visitor = fields.String(required=True, validate=validate.Length(max=200))


class StateSchema(Schema):
    record_id = fields.String(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    categories = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    services = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    policy_version = fields.String(required=True)
    decided_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    valid = fields.Boolean(
        required=True, metadata={"description": "Not expired, and nothing material has changed since."}
    )
    held = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Services that are false because their check abroad has run out (docs/registers.md)."},
    )


class StateAnswerSchema(Schema):
    state = fields.Nested(StateSchema, required=True, allow_none=True)


record_schema = RecordSchema()
state_request_schema = StateRequestSchema()
