"""What a page downloads. Answers are composed and compressed beforehand and may be held by any proxy."""

import orjson
from flask import Blueprint, Flask, Response, request

from consent.banner import script
from consent.sites.lookup import by_key

blueprint = Blueprint("banner", __name__)

EVERGREEN = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
GPC_SUPPORTED_SINCE = "2026-11-24"


def init_app(app: Flask) -> None:
    app.extensions["consent.scripts"] = script.Scripts()


@blueprint.get("/b/<site_key>.js")
def core(site_key: str) -> Response:
    return _send(script.core(by_key(site_key)), EVERGREEN)


@blueprint.get("/b/<site_key>/<name>/<language>.js")
def ui(site_key: str, name: str, language: str) -> Response:
    return _send(script.ui(by_key(site_key), name, language), IMMUTABLE)


@blueprint.get("/b/<site_key>/<name>/<language>.preferences.js")
def preferences(site_key: str, name: str, language: str) -> Response:
    return _send(script.preferences(by_key(site_key), name, language), IMMUTABLE)


def _send(found: script.Script, cache_control: str) -> Response:
    # Browsers take Brotli over TLS only, and then it is the smaller one.
    coding = next((name for name in found.packed if request.accept_encodings.quality(name) > 0), None)
    response = Response(found.packed[coding] if coding else found.plain, mimetype="text/javascript")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    response.headers["ETag"] = f'{found.etag[:-1]}-{coding}"' if coding else found.etag
    # The script is public and is loaded by other origins, with integrity or crossorigin if their developers wish.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


@blueprint.get("/.well-known/gpc.json")
def gpc() -> Response:
    """Global Privacy Control, §4.1: the signal is honoured. A site may redirect its own file here."""
    body = orjson.dumps({"gpc": True, "lastUpdate": GPC_SUPPORTED_SINCE})
    response = Response(body, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
