"""The JSON face of recording. Browsers come with a registered Origin, a site's own server with a bearer token."""

from typing import Any

from flask import Flask, Request, Response
from flask_smorest import Blueprint

from consent import clock, http
from consent.config import Config
from consent.db import db, transact
from consent.ledger import pressure
from consent.ledger.ledger import ledger
from consent.metrics import RECORDS
from consent.ratelimit import Limit
from consent.records import admission, keeping, receipts, recording, rules, schemas, state
from consent.records.lookup import PolicyLookup, policies_in_memory
from consent.registers import holding
from consent.signing import ReceiptTokens, VisitorTokens
from consent.sites import Site
from consent.sites.lookup import by_key

blueprint = Blueprint("records", __name__, url_prefix="/api/v1/sites/<site_key>", description="Decisions of visitors")
blueprint.after_request(admission.allow_origin)


def init_app(app: Flask, config: Config) -> None:
    app.extensions["consent.policies"] = PolicyLookup()
    app.extensions["consent.visitor_tokens"] = VisitorTokens(config.secret_keys)
    app.extensions["consent.receipt_tokens"] = ReceiptTokens(config.secret_keys)
    app.extensions["consent.records.limit"] = Limit(config.rate_limit_records, config.rate_limit_storage, "records")


@blueprint.post("/records")
@http.documented(
    *(400, 401, 403, 404, 409, 410, 413, 422, 429, 503),
    body=schemas.RecordSchema,
    responses=http.answers(201, schemas.RecordedSchema, "Durable. The same for a repeat."),
)
def record(site_key: str) -> Response:
    """Record a decision"""
    site, asked = by_key(site_key), admission.asked()
    admission.admit(site, asked)
    sent = http.load(schemas.record_schema, http.read_json(asked))
    pressure.check(site.id)
    row, rule = _row(site, sent, asked)
    unit = recording.unit(row, site=site, material_since=rule.material_since, new_visitor=not sent["visitor"])
    stored = transact(unit)
    RECORDS.labels(sent["decision"], sent["source"]).inc()
    return _recorded(site, rule, stored)


def _row(site: Site, sent: dict[str, Any], asked: Request) -> tuple[dict[str, Any], rules.Rules]:
    now = clock.now()
    rule = policies_in_memory().rules(site.id, sent["policy_version"])
    rules.check(rule, sent["decision"], sent["categories"], sent["services"], sent["law"])
    recording.check_client_time(sent["client_time"], now)
    visitor_id = keeping.tokens().open(site.key, sent["visitor"]) if sent["visitor"] else None
    return keeping.row(site, sent, rule, asked, visitor_id=visitor_id, now=now), rule


def _recorded(site: Site, rule: rules.Rules, stored: recording.Stored) -> Response:
    token = keeping.tokens().issue(site.key, stored.row["visitor_id"])
    receipt = receipts.receipt(stored, site, ledger=ledger(), tokens=keeping.receipt_tokens())
    body = {
        "record_id": stored.row["record_id"],
        "visitor": token,
        "received_time": receipt["received_time"],
        "expires_at": receipt["expires_at"],
        "receipt": receipt,
    }
    response = http.answer(body, 201)
    keeping.set_site_cookie(response, site, rule, stored.row, token)
    return response


@blueprint.post("/state")
@http.documented(
    *(400, 401, 403, 404, 413, 422, 429, 503),
    body=schemas.StateRequestSchema,
    responses=http.answers(200, schemas.StateAnswerSchema, "`state` is null where nothing was decided."),
)
def visitor_state(site_key: str) -> Response:
    """The current decision of a visitor"""
    site, asked = by_key(site_key), admission.asked()
    admission.admit(site, asked)
    sent = http.load(schemas.state_request_schema, http.read_json(asked))
    visitor_id = keeping.tokens().open(site.key, sent["visitor"])
    if site.stopped_ms is not None:  # whoever asks so that it may load something, loads nothing
        return http.answer({"state": None})
    publication = policies_in_memory().published(site)
    with db.engine.connect() as connection:
        found = state.current(
            connection,
            site_id=site.id,
            visitor_id=visitor_id,
            material_since=publication.material_since,
            now=clock.now(),
        )
    return http.answer({"state": found and _without_held(site, found)})


def _without_held(site: Site, found: dict[str, Any]) -> dict[str, Any]:
    services = policies_in_memory().rules(site.id, found["policy_version"]).services
    held = {each.service_id for each in holding.now_held(site.id, services.keys(), clock.now())}
    return state.held_back(found, held, services)
