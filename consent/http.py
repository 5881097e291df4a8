"""What every JSON endpoint shares: reading a body, checking it against a schema, answering, caching headers."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from flask import Request, Response
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


def documented(*problems: int, body: type[Schema] | None = None, **operation: Any) -> Callable[[View], View]:
    """The OpenAPI operation of a view: its body, its answers, and the statuses of its problem answers.

    flask-smorest's own decorators each wrap the view in a call of their own; ten of them were a tenth of the time of a
    request. This one writes the document and leaves the view as it is.
    """
    problem = {"content": {PROBLEM: {"schema": ProblemSchema}}}
    responses = {status: {"description": HTTPStatus(status).phrase, **problem} for status in problems}
    operation["responses"] = {**operation["responses"], **responses}
    if body is not None:
        operation["requestBody"] = {
            "required": True,
            "description": "JSON. Browsers send it as text/plain, which needs no preflight.",
            "content": {kind: {"schema": body} for kind in ("application/json", "text/plain")},
        }

    def document(view: View) -> View:
        view._apidoc = {"manual_doc": operation}  # type: ignore[attr-defined]
        return view

    return document


def answers(status: int, schema: type[Schema], description: str) -> dict[int, Any]:
    """A JSON answer, for `documented(responses=…)`."""
    return {status: {"description": description, "content": {"application/json": {"schema": schema}}}}


def read_json(request: Request) -> Any:
    """The parsed body, whatever its content type: browsers send text/plain, because JSON would need a preflight.

    Raises BodyTooLarge, BodyMalformed.
    """
    raw = _read(request)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BodyMalformed(f"The body is not JSON: {error}.") from None
    # Opening brackets bound the depth; nearly every body has fewer than would be too many.
    if raw.count(b"{") + raw.count(b"[") > DEEPEST_JSON and _depth_exceeds(body, DEEPEST_JSON):
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
