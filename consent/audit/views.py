"""The auditor's export over HTTP."""

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import ValidationError
from sqlalchemy import Connection

from consent import clock, http
from consent.accounts import guard
from consent.audit import export, schemas, taken
from consent.db import transact
from consent.errors import QueryInvalid
from consent.sites.lookup import by_key

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1/sites/<site_key>", description="Evidence for auditors")

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


@blueprint.get("/export")
@http.documented(
    *(401, 403, 404, 422, 503),
    parameters=[{"in": "query", "schema": schemas.ExportQuerySchema}],
    security=[{"bearer": []}],
    responses={
        200: {
            "description": "Records in the order of arrival, streamed. The id of the last complete line is the cursor.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/jsonl": {"schema": {"type": "string"}},
            },
        }
    },
)
def export_records(site_key: str) -> Response:
    """Export the consent log"""
    site = by_key(site_key)
    token = guard.require(request, role="auditor", site_id=site.id)
    try:
        query = schemas.export_query_schema.load(request.args)
    except ValidationError as error:
        raise QueryInvalid("The query does not fit the schema.", errors=error.messages) from None
    after = str(query["after"]) if query["after"] else None
    selection = export.Selection(site, query["format"], query["since"], query["until"], after, query["bom"])
    who, now = f"API token {token.id}: {token.label}", clock.now()
    about = export.told(selection)

    def unit(connection: Connection) -> None:
        export.check(connection, selection)
        taken.note(connection, site.id, who, now, reason=query["reason"], token_id=token.id, **about)

    transact(unit)
    response = Response(export.chunks(selection), content_type=_MEDIA_TYPES[selection.format])
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{site.key}.{selection.format}"'
    response.headers["Cache-Control"] = "no-store"
    return response
