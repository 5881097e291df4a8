from datetime import UTC, datetime

from marshmallow import RAISE, Schema, fields, validate

from consent.audit.verify.manifest import FULL, MODES

# Within them every time has its milliseconds, whatever its offset.
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def moment(description: str) -> fields.AwareDateTime:
    within = validate.Range(EARLIEST, LATEST, error="is outside the calendar")
    return fields.AwareDateTime(format="iso", required=True, validate=within, metadata={"description": description})


def reason() -> fields.String:
    return fields.String(
        required=True,
        validate=[validate.Length(min=1, max=500), validate.Regexp(r"(?=.*\S)[^\x00-\x1f\x7f]*\Z")],
        metadata={"description": "Why. Goes into the log, for every later auditor to read."},
    )


class ExportQuerySchema(Schema):
    class Meta:
        unknown = RAISE

    format = fields.String(load_default="jsonl", validate=validate.OneOf(("csv", "jsonl")))
    since = moment("Included.")
    until = moment("Not included.")
    after = fields.UUID(load_default=None, metadata={"description": "Go on after the record with this id."})
    bom = fields.Boolean(load_default=False, metadata={"description": "CSV with a byte order mark, for Excel."})
    reason = reason()


class BundleRequestSchema(Schema):
    class Meta:
        unknown = RAISE

    since = moment("Included.")
    until = moment("Not included.")
    mode = fields.String(
        load_default=FULL,
        validate=validate.OneOf(MODES),
        metadata={"description": "`no-subject` leaves out who decided."},
    )
    reason = reason()


class PublicKeySchema(Schema):
    vkey = fields.String(required=True, metadata={"description": "C2SP signed-note verifier key."})
    not_before = fields.String(required=True)
    retired = fields.String(required=True, allow_none=True)


class EpochSchema(Schema):
    """One epoch of the log."""

    origin = fields.String(required=True, metadata={"description": "The log, as its checkpoints name it."})
    state = fields.String(required=True, validate=validate.OneOf(["active", "frozen"]))
    keys = fields.List(fields.Nested(PublicKeySchema), required=True)
    checkpoint = fields.String(
        required=True, allow_none=True, metadata={"description": "The last signed one (C2SP tlog-checkpoint)."}
    )


class SiteLogSchema(Schema):
    """The oldest epoch first; `receipts` are the keys that sign the promises of receipts."""

    epochs = fields.List(fields.Nested(EpochSchema), required=True)
    receipts = fields.List(fields.Nested(PublicKeySchema), required=True)


class BundleSchema(Schema):
    """One bundle: one range of one epoch of the log."""

    id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["queued", "running", "done", "failed"]))
    origin = fields.String(required=True, metadata={"description": "The log, as its checkpoints name it."})
    first = fields.Integer(required=True, metadata={"description": "The first leaf."})
    end = fields.Integer(required=True, metadata={"description": "The size of the checkpoint at its end."})
    done = fields.Integer(required=True, metadata={"description": "Leaves written so far."})
    total = fields.Integer(required=True, metadata={"description": "Leaves in all."})
    error_code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the last attempt failed: docs/reference/errors.md."},
    )
    error = fields.String(required=True, allow_none=True, metadata={"description": "The same for people, in English."})
    manifest = fields.String(
        required=True, allow_none=True, metadata={"description": "Hash of the manifest, as the log has it."}
    )


class BundlesSchema(Schema):
    """A period that spans several epochs of the log needs a bundle of each."""

    bundles = fields.List(fields.Nested(BundleSchema), required=True)


bundle_request_schema = BundleRequestSchema()
export_query_schema = ExportQuerySchema()
