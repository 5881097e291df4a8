from marshmallow import RAISE, Schema, fields, validate


class ErasureRequestSchema(Schema):
    class Meta:
        unknown = RAISE

    visitor = fields.String(
        required=True, validate=validate.Length(max=200), metadata={"description": "The visitor token."}
    )


class ErasureSchema(Schema):
    requested = fields.AwareDateTime(required=True)
    by = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it will have been carried out; null while a legal hold stands."},
    )


erasure_request_schema = ErasureRequestSchema()
