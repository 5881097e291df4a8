"""Typed errors with stable codes, and the one place that turns them into RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException


class ConsentError(Exception):
    """Base of every error that a client may see. `code` is stable; `detail` is for people.

    Clients may depend on `status` and `code`, never on the wording of `detail`.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, detail: str, *, errors: Any = None, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


class BodyTooLarge(ConsentError):
    status = 413
    code = "body_too_large"


class BodyMalformed(ConsentError):
    status = 400
    code = "body_malformed"


class BodyInvalid(ConsentError):
    status = 422
    code = "body_invalid"


class QueryInvalid(ConsentError):
    status = 422
    code = "query_invalid"


class RateLimited(ConsentError):
    status = 429
    code = "rate_limited"


class DatabaseUnavailable(ConsentError):
    """The write or read did not happen; the same request may be sent again."""

    status = 503
    code = "database_unavailable"

    def __init__(self, detail: str = "The database cannot be reached or is busy. Nothing was stored."):
        super().__init__(detail, headers={"Retry-After": "2"})


def problem(status: int, code: str, detail: str, *, errors: Any = None) -> dict[str, Any]:
    """The body of RFC 9457. `type` is a stable URN, because the installation has no public page to point to."""
    body = {
        "type": f"urn:consent:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors is not None:
        body["errors"] = errors
    return body


def problem_response(status: int, code: str, detail: str, *, errors: Any = None) -> Response:
    body = orjson.dumps(problem(status, code, detail, errors=errors), default=str)
    return Response(body, status=status, mimetype="application/problem+json")


def _answer_consent_error(error: ConsentError) -> Response:
    response = problem_response(error.status, error.code, error.detail, errors=error.errors)
    response.headers.update(error.headers)
    return response


def _answer_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    code = HTTPStatus(status).name.lower()
    response = problem_response(status, code, error.description or HTTPStatus(status).phrase)
    original = error.get_response(request.environ)
    for name in ("Allow", "Retry-After", "Location"):
        if name in original.headers:
            response.headers[name] = original.headers[name]
    return response


def register(app: Flask) -> None:
    app.register_error_handler(ConsentError, _answer_consent_error)
    app.register_error_handler(HTTPException, _answer_http_exception)
