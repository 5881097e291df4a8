"""Receipts for whoever holds their token: the proof, the whole copy, and the same decision in two standards' forms."""

from flask import Response
from flask_smorest import Blueprint

from consent import http
from consent.db import db
from consent.ledger import proofs
from consent.ledger.ledger import ledger
from consent.records import keeping, reading, receipts, schemas, standards

blueprint = Blueprint("receipts", __name__, url_prefix="/api/v1/receipts", description="Receipts and their proofs")

_OBJECT = {"type": "object"}  # the forms of others: tests/vectors holds their schemas


@blueprint.get("/<token>")
@http.documented(
    *(404, 429, 503),
    responses=http.answers(
        200, schemas.ProofSchema, "`status` is `pending` until the entry is under a signed checkpoint."
    ),
)
def proof(token: str) -> Response:
    """The inclusion proof of a receipt"""
    keeping.limit().hit()
    record_id = keeping.receipt_tokens().open(token)
    with db.engine.connect() as connection:
        found = proofs.inclusion(connection, record_id)
    return http.answer(receipts.proven(found))


@blueprint.get("/<token>/copy")
@http.documented(
    *(404, 429, 503),
    responses=http.answers(200, schemas.CopySchema, "The receipt with its proof. null where a half was erased."),
)
def copy(token: str) -> Response:
    """The whole receipt as it stands today"""
    return http.answer(receipts.copy(_read(token), ledger=ledger(), tokens=keeping.receipt_tokens()))


@blueprint.get("/<token>/iso-27560")
@http.documented(
    *(404, 410, 429, 503),
    responses={200: {"description": "JSON-LD.", "content": {"application/ld+json": {"schema": _OBJECT}}}},
)
def iso(token: str) -> Response:
    """The decision as a record of ISO/IEC TS 27560 (DPV)"""
    return _formatted(token, "iso-27560")


@blueprint.get("/<token>/kantara")
@http.documented(
    *(404, 410, 429, 503),
    responses={200: {"description": "KI-CR-v1.1.0.", "content": {"application/json": {"schema": _OBJECT}}}},
)
def kantara_receipt(token: str) -> Response:
    """The decision as a Kantara consent receipt"""
    return _formatted(token, "kantara")


def _read(token: str) -> reading.Receipt:
    keeping.limit().hit()
    record_id = keeping.receipt_tokens().open(token)
    with db.engine.connect() as connection:
        return reading.read(connection, record_id)


def _formatted(token: str, name: str) -> Response:
    response = http.answer(standards.formatted(_read(token), name))
    response.mimetype = standards.FORMS[name][1]
    return response


@blueprint.after_request
def _for_whoever_holds_it(response: Response) -> Response:
    """The token is the key: it says nothing about who asks, and what it opens belongs in no cache and no index."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
