"""The receipt as a page for people: what was decided, under which words, and where it stands in the log.

Who has the address may read it, so the address goes nowhere: no referrer, no cache, no index.
"""

import base64
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from consent import clock
from consent.config import Config
from consent.db import db
from consent.ledger.ledger import ledger
from consent.ledger.promises import promise
from consent.plain_pages import refusals
from consent.plain_pages.words import in_language, pick_language, wishes
from consent.policies import wording
from consent.policies.locales import separator
from consent.records import keeping, reading
from consent.records.lookup import policies_in_memory
from consent.records.receipt_formats.purposes import language_of
from consent.security import SCRIPTLESS_POLICY
from consent.visitors import statement

blueprint = Blueprint("receipt_page", __name__)
refusals.answer_for(blueprint)


@blueprint.get("/r/<token>")
def show(token: str) -> Response:
    record_id = keeping.receipt_tokens().open(token)
    with db.engine.connect() as connection:
        receipt = reading.read(connection, record_id)
    page = render_template("visitors/receipt.html", token=token, receipt=receipt, **_shown(receipt))
    return make_response(page)


def _shown(receipt: reading.Receipt) -> dict[str, Any]:
    evidence = receipt.evidence
    version = evidence["policy_version"] if evidence else _current_version(receipt)
    document = policies_in_memory().document(version)
    language = _language(evidence, document)
    config: Config = current_app.extensions["consent.config"]
    return {
        "version": version,
        "words": wording.compose(
            document, language, f"{config.public_url}/settings/{receipt.site.key}?lang={language}"
        ),
        "ours": in_language(language),
        "separator": separator(language),
        "languages": {each: wording.language_name(each) for each in document["languages"]},
        "facts": statement.facts(evidence, document, language) if evidence else [],
        "choices": statement.choices(evidence, document) if evidence else {},
        "standing": statement.standing(receipt, clock.now()),
        "in_the_log": statement.in_the_log(receipt, language, clock.now()),
        "leaf": base64.b64encode(receipt.opening.leaf_hash).decode(),
        "promise": promise(
            ledger().keyring, receipt.site.log_origin, receipt.opening.leaf_hash, receipt.opening.received_ms
        ),
    }


def _current_version(receipt: reading.Receipt) -> str:
    """Of an erased record nobody knows the words any more; the site's name and colours are those of today."""
    return policies_in_memory().published(receipt.site).policy_version


def _language(evidence: dict[str, Any] | None, document: dict[str, Any]) -> str:
    """What the address asks for; else the language in which the visitor was asked, whatever the browser prefers."""
    languages: list[str] = document["languages"]
    if evidence is None:
        return pick_language(languages, wishes(request)) or languages[0]
    return pick_language(languages, [request.args.get("lang") or language_of(evidence, document)]) or languages[0]


@blueprint.after_request
def _for_its_holder_alone(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SCRIPTLESS_POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
