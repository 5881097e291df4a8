"""What every JSON endpoint shares: reading a body, checking it against a schema, answering, caching headers."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from flask import Request, Response
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import quote_etag

from consent.errors import BodyInvalid, BodyMalformed, BodyTooLarge

LARGEST_BODY = 64 * 1024
DEEPEST_JSON = 16
PROBLEM = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])


class ProblemSchema(Schema):
    """RFC 9457, with a stable `code`."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.Raw()


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Documents the problem answers of a view."""

    def document(view: View) -> View:
        for status in statuses:
            description = HTTPStatus(status).phrase
            add = blueprint.alt_response(status, schema=ProblemSchema, content_type=PROBLEM, description=description)
            view = add(view)
        return view

    return document


def body_of(schema: type[Schema]) -> dict[str, Any]:
    """The OpenAPI request body of a view that calls read_json."""
    return {
        "required": True,
        "description": "JSON. Browsers send it as text/plain, which needs no preflight.",
        "content": {kind: {"schema": schema} for kind in ("application/json", "text/plain")},
    }


def read_json(request: Request) -> Any:
    """The parsed body, whatever its content type: browsers send text/plain, because JSON would need a preflight.

    Raises BodyTooLarge, BodyMalformed.
    """
    try:
        body = orjson.loads(_read(request))
    except orjson.JSONDecodeError as error:
        raise BodyMalformed(f"The body is not JSON: {error}.") from None
    if _depth_exceeds(body, DEEPEST_JSON):
        raise BodyMalformed(f"The body is nested deeper than {DEEPEST_JSON} levels.")
    return body


def _read(request: Request) -> bytes:
    too_large = BodyTooLarge(f"The body is larger than {LARGEST_BODY} bytes.")
    # A chunked body announces no length and is silently cut at the maximum, so we allow one byte more and count.
    request.max_content_length = LARGEST_BODY + 1
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large from None
    if len(raw) > LARGEST_BODY:
        raise too_large
    return raw


def _depth_exceeds(value: Any, most: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return most == 0 or any(_depth_exceeds(member, most - 1) for member in value)


def load(schema: Schema, body: Any) -> Any:
    """The body as the schema returns it. Raises BodyInvalid with the errors by field."""
    try:
        return schema.load(body)
    except ValidationError as error:
        raise BodyInvalid("The body does not fit the schema.", errors=error.messages) from None


def answer(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, mimetype="application/json")


def etag(content: bytes) -> str:
    """A strong entity tag, quoted."""
    return quote_etag(hashlib.sha256(content).hexdigest()[:32])
