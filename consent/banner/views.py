"""What a page downloads. Answers are composed and compressed beforehand and may be held by any proxy."""

import orjson
from flask import Blueprint, Flask, Response, current_app, request

from consent import clock
from consent.banner import script
from consent.config import Config
from consent.db import transact
from consent.ratelimit import Limit
from consent.records import client, showings
from consent.records.lookup import policies_in_memory
from consent.sites import cors
from consent.sites.lookup import by_key

blueprint = Blueprint("banner", __name__)

EVERGREEN = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
GPC_SUPPORTED_SINCE = "2026-11-24"


def init_app(app: Flask, config: Config) -> None:
    app.extensions["consent.scripts"] = script.Scripts()
    # A limit of its own: whoever looks at many pages must not use up what their decision needs.
    app.extensions["consent.showings.limit"] = Limit(config.rate_limit_records, config.rate_limit_storage, "showings")


@blueprint.get("/b/<site_key>.js")
def core(site_key: str) -> Response:
    return _send(script.core(by_key(site_key)), EVERGREEN)


@blueprint.get("/b/<site_key>/<name>/<language>.js")
def ui(site_key: str, name: str, language: str) -> Response:
    return _send(script.ui(by_key(site_key), name, language), IMMUTABLE)


@blueprint.post("/b/<site_key>/<name>/<language>.js")
def count_showing(site_key: str, name: str, language: str) -> Response:
    """The chunk tells its own address that its first layer was shown: what there is to say is all in it.

    Raises OriginUnknown, RateLimited, ScriptUnknown, ShowingsOff, LanguageUnknown.
    """
    site = by_key(site_key)
    cors.check_origin(site, request)
    limit: Limit = current_app.extensions["consent.showings.limit"]
    limit.hit()
    rule = policies_in_memory().rules(site.id, script.version_of(site, name))
    showings.check(rule, language)
    device = client.device_class(request.headers.get("User-Agent", "")) if rule.keep_browser else ""
    counted = {"policy_version": rule.version, "language": language, "device_class": device}
    transact(showings.unit(site.id, **counted, now=clock.now()))
    return cors.allow(Response(status=204), site, request)


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
