"""The JSON face of erasure: for the page of a site that offers it, and for the site's own server."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from consent import clock, http
from consent.clock import wire
from consent.db import transact
from consent.records import admission, keeping
from consent.sites.lookup import by_key
from consent.visitors import requests, schemas
from consent.visitors.jobs import hours

blueprint = Blueprint("erasures", __name__, url_prefix="/api/v1/sites/<site_key>", description="Erasure for visitors")
blueprint.after_request(admission.allow_origin)


@blueprint.post("/erasures")
@http.documented(
    *(400, 401, 403, 404, 413, 422, 429, 503),
    body=schemas.ErasureRequestSchema,
    responses=http.answers(202, schemas.ErasureSchema, "Durable. The same where nothing is known about the visitor."),
)
def erasure(site_key: str) -> Response:
    """Erase what is kept about a visitor"""
    site = by_key(site_key)
    admission.admit(site, request)
    sent = http.load(schemas.erasure_request_schema, http.read_json(request))
    visitor_id = keeping.tokens().open(site.key, sent["visitor"])
    asked = transact(requests.unit(site.id, visitor_id, hours=hours(), now=clock.now()))
    return http.answer(said(asked), 202)


def said(asked: requests.Asked) -> dict[str, Any]:
    return {"requested": wire(asked.requested_ms), "by": None if asked.due_ms is None else wire(asked.due_ms)}
