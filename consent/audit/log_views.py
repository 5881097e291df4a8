"""What anybody may know of a site's log: its public keys and its last checkpoint.

Two people who compare what they got here find out whether they were shown the same log.
"""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection

from consent import http
from consent.audit import schemas
from consent.clock import wire
from consent.db import db
from consent.ledger import keys, logs, publisher
from consent.merkle.promise import key_name
from consent.sites import Site
from consent.sites.lookup import by_key

blueprint = Blueprint("log", __name__, url_prefix="/api/v1/sites/<site_key>/log", description="The log's public face")


@blueprint.get("")
@http.documented(404, 503, responses=http.answers(200, schemas.SiteLogSchema, "Every epoch of the site's log."))
def show(site_key: str) -> Response:
    """Public keys and the last checkpoint"""
    site = by_key(site_key)
    with db.engine.connect() as connection:
        body = _body(connection, site)
    response = http.answer(body)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _body(connection: Connection, site: Site) -> dict[str, Any]:
    epochs = [_epoch(connection, log) for log in logs.epochs(connection, site.id)]
    return {"epochs": epochs, "receipts": _keys(connection, key_name(site.log_origin))}


def _epoch(connection: Connection, log: logs.Log) -> dict[str, Any]:
    last = publisher.newest(connection, log.log_id)
    return {
        "origin": log.origin,
        "state": log.state,
        "keys": _keys(connection, log.origin),
        "checkpoint": last.note if last else None,
    }


def _keys(connection: Connection, name: str) -> list[dict[str, Any]]:
    return [
        {
            "vkey": row.vkey,
            "not_before": wire(row.not_before_ms),
            "retired": None if row.retired_ms is None else wire(row.retired_ms),
        }
        for row in keys.public_keys(connection, name)
    ]
