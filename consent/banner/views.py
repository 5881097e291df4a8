"""What a page downloads. Answers are composed and compressed beforehand and may be held by any proxy."""

import orjson
from flask import Blueprint, Flask, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.banner import script
from consent.config import Config
from consent.db import transact
from consent.ratelimit import Limit
from consent.records import client, showings
from consent.records.lookup import policies_in_memory
from consent.sites import Site, cors
from consent.sites.lookup import by_key

blueprint = Blueprint("banner", __name__)

EVERGREEN = "public, max-age=300, stale-while-revalidate=86400"
# Of a check abroad: tomorrow nobody may run what is served today.
LAST_DAY = "public, max-age=300"
# Held by the visitor's own browser alone: another visitor of the same proxy may be elsewhere.
OF_ONE_REGION = "private, max-age=300"
# Who has decided needs the half of it: a proxy may hold what is right for everybody.
OF_ONE_VISITOR = "private, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
GPC_SUPPORTED_SINCE = "2026-11-24"


def init_app(app: Flask, config: Config) -> None:
    app.extensions["consent.scripts"] = script.Scripts()
    # A limit of its own: whoever looks at many pages must not use up what their decision needs.
    app.extensions["consent.showings.limit"] = Limit(config.rate_limit_records, config.rate_limit_storage, "showings")


@blueprint.get("/b/<site_key>.js")
def core(site_key: str) -> AnyResponse:
    """`KEY`, or `KEY.PACK`: with several law packs the first leads to the second, and what is held by proxies is the same
    for everybody (docs/adr/0016-a-script-for-each-law.md)."""
    key, _, pack = site_key.partition(".")
    site = by_key(key)
    law = None if pack else script.law_of(site, request)
    if law is None:
        both = script.first_visit(site, pack, request)
        if both:
            return _send(both, OF_ONE_VISITOR)
        return _send(script.core(site, pack), LAST_DAY if script.is_last_day(site) else EVERGREEN)
    return _for_everybody(redirect(url_for("banner.core", site_key=f"{key}.{law}")), OF_ONE_REGION)


def _site(site_key: str) -> Site:
    """Chunks are asked for beside their core, which may have a law pack in its address."""
    return by_key(site_key.partition(".")[0])


@blueprint.get("/b/<site_key>/<name>/<language>.js")
def ui(site_key: str, name: str, language: str) -> Response:
    return _send(script.ui(_site(site_key), name, language), IMMUTABLE)


@blueprint.post("/b/<site_key>/<name>/<language>.js")
def count_showing(site_key: str, name: str, language: str) -> Response:
    """The chunk tells its own address that its first layer was shown: what there is to say is all in it.

    Raises OriginUnknown, RateLimited, ScriptUnknown, ShowingsOff, LanguageUnknown.
    """
    site = _site(site_key)
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
    return _send(script.preferences(_site(site_key), name, language), IMMUTABLE)


def _send(found: script.Script, cache_control: str) -> Response:
    # Browsers take Brotli over TLS only, and then it is the smaller one.
    coding = next((name for name in found.packed if request.accept_encodings.quality(name) > 0), None)
    response = Response(found.packed[coding] if coding else found.plain, mimetype="text/javascript")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["ETag"] = f'{found.etag[:-1]}-{coding}"' if coding else found.etag
    _for_everybody(response, cache_control)
    response.make_conditional(request)
    return response


def _for_everybody(response: AnyResponse, cache_control: str) -> AnyResponse:
    """The script is public and is loaded by other origins, with integrity or crossorigin if their developers wish."""
    response.headers["Cache-Control"] = cache_control
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/.well-known/gpc.json")
def gpc() -> Response:
    """Global Privacy Control, §4.1: the signal is honoured. A site may redirect its own file here."""
    body = orjson.dumps({"gpc": True, "lastUpdate": GPC_SUPPORTED_SINCE})
    response = Response(body, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
