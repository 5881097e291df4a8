"""Bundles over HTTP: asked for, built by the worker, fetched. Auditors of the site only."""

import re
from datetime import datetime
from typing import Any

from flask import Response, request, send_file
from flask_smorest import Blueprint
from sqlalchemy import Connection

from consent import clock, http, jobs
from consent.accounts import guard
from consent.audit import schemas
from consent.audit.bundle import jobs as bundle_jobs
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.db import db, transact
from consent.ledger import logs
from consent.sites import Site
from consent.sites.lookup import by_key

blueprint = Blueprint(
    "bundles", __name__, url_prefix="/api/v1/sites/<site_key>/bundles", description="Evidence that verifies itself"
)
_ID = re.compile(r"[1-9][0-9]{0,8}")


def _admit(site_key: str) -> tuple[Site, str]:
    """The site, and who asks: what the log will say of them."""
    site = by_key(site_key)
    token = guard.require(request, role="auditor", site_id=site.id)
    return site, f"API token {token.id}: {token.label}"


@blueprint.post("")
@http.documented(
    *(400, 401, 403, 404, 413, 422, 503),
    body=schemas.BundleRequestSchema,
    security=[{"bearer": []}],
    responses=http.answers(202, schemas.BundlesSchema, "Queued: one for each epoch of the log in the period."),
)
def ask(site_key: str) -> Response:
    """Ask for a bundle of a period"""
    site, by = _admit(site_key)
    asked = http.load(schemas.bundle_request_schema, http.read_json(request))
    made = transact(lambda connection: _queue(connection, site, asked, by, clock.now()))
    return http.answer({"bundles": made}, 202)


def _queue(connection: Connection, site: Site, asked: dict[str, Any], by: str, now: datetime) -> list[dict[str, Any]]:
    found = ranges.covering(connection, site.id, asked["since"], asked["until"])
    made = (plans.of_range(each, site_key=site.key, by=by, **asked) for each in found)
    return [_answer(connection, bundle_jobs.ask(connection, plan, now)) for plan in made]


@blueprint.get("/<bundle_id>")
@http.documented(
    *(401, 403, 404, 503),
    security=[{"bearer": []}],
    responses=http.answers(200, schemas.BundleSchema, "How far it is."),
)
def state(site_key: str, bundle_id: str) -> Response:
    """The state of a bundle"""
    site, _ = _admit(site_key)
    with db.engine.connect() as connection:
        return http.answer(_answer(connection, _find(connection, site, bundle_id)))


@blueprint.get("/<bundle_id>/file")
@http.documented(
    *(401, 403, 404, 409, 410, 503),
    security=[{"bearer": []}],
    responses={
        200: {
            "description": "The zip. It may be fetched in ranges.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def fetch(site_key: str, bundle_id: str) -> Response:
    """Fetch a finished bundle"""
    site, _ = _admit(site_key)
    with db.engine.connect() as connection:
        job = _find(connection, site, bundle_id)
    name = f"consent-{site.key}-{job.arguments['start']}-{job.arguments['end']}.zip"
    path = bundle_jobs.file_of(job)
    response = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name, conditional=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def _find(connection: Connection, site: Site, bundle_id: str) -> jobs.Job:
    if not _ID.fullmatch(bundle_id):
        raise bundle_jobs.BundleUnknown
    return bundle_jobs.find(connection, site.id, int(bundle_id))


def _answer(connection: Connection, job: jobs.Job) -> dict[str, Any]:
    first, end = job.arguments["start"], job.arguments["end"]
    return {
        "id": job.id,
        "state": job.state,
        "origin": logs.by_id(connection, job.arguments["log_id"]).origin,
        "first": first,
        "end": end,
        "done": end - first if job.state == "done" else job.done,
        "total": end - first,
        "error_code": job.error_code,
        "error": job.error,
        "manifest": job.result["manifest"] if job.result else None,
    }
