from marshmallow import RAISE, Schema, fields, validate


class ExportQuerySchema(Schema):
    class Meta:
        unknown = RAISE

    format = fields.String(load_default="jsonl", validate=validate.OneOf(("csv", "jsonl")))
    since = fields.AwareDateTime(format="iso", required=True, metadata={"description": "Included."})
    until = fields.AwareDateTime(format="iso", required=True, metadata={"description": "Not included."})
    after = fields.UUID(load_default=None, metadata={"description": "Go on after the record with this id."})
    bom = fields.Boolean(load_default=False, metadata={"description": "CSV with a byte order mark, for Excel."})


export_query_schema = ExportQuerySchema()
