"""What a view adds to a decision: who sent it, what is kept of the browser, and the site's cookie in the answer."""

from datetime import datetime
from typing import Any

from flask import Request, current_app, request
from werkzeug.wrappers import Response

from consent.accounts import guard
from consent.law.region import locate
from consent.ratelimit import Limit
from consent.records import client, recording
from consent.records.consent_cookie import cookie_value
from consent.records.rules import Rules
from consent.signing import ReceiptTokens, VisitorTokens, new_visitor_id
from consent.sites import Site, stopping

# What the other decisions do, refusing and withdrawing, is possible at any time.
GRANTING = ("accept_all", "custom")


def tokens() -> VisitorTokens:
    found: VisitorTokens = current_app.extensions["consent.visitor_tokens"]
    return found


def receipt_tokens() -> ReceiptTokens:
    found: ReceiptTokens = current_app.extensions["consent.receipt_tokens"]
    return found


def limit() -> Limit:
    found: Limit = current_app.extensions["consent.records.limit"]
    return found


def row(
    site: Site, sent: dict[str, Any], rules: Rules, asked: Request, *, visitor_id: str | None, now: datetime
) -> dict[str, Any]:
    """The complete row of a record. `visitor_id` None: a new visitor gets an id. Raises SiteStopped."""
    stopping.check(site, now, grants=sent["decision"] in GRANTING)
    made = recording.row_of(sent, site_id=site.id, visitor_id=visitor_id or new_visitor_id(), rules=rules, now=now)
    if rules.several_laws and made["region"] is None and guard.bearer(asked) is None:
        found = locate(asked)  # not of a server that speaks for the visitor: it is where it is
        made["region"], made["region_source"] = found.code, found.source
    user_agent = asked.headers.get("User-Agent", "") if rules.keep_browser else None
    made["gpc"] = sent["gpc"] or asked.headers.get("Sec-GPC") == "1"
    made["ip_prefix"] = client.ip_prefix(asked.remote_addr) if rules.keep_ip_prefix else None
    made["browser_family"] = client.browser_family(user_agent) if user_agent is not None else None
    made["device_class"] = client.device_class(user_agent) if user_agent is not None else None
    return made


def set_site_cookie(response: Response, site: Site, rules: Rules, made: dict[str, Any], token: str) -> None:
    """Sets the visitor's consent cookie by HTTP, where the platform is same-site with the site.

    Not for a browser's signal: that is no decision of the visitor, so there is none to keep.
    """
    if not site.cookie_domain or made["decision"] == "gpc":
        return
    response.set_cookie(
        rules.cookie,
        cookie_value(site.key, made, rules, token),
        max_age=rules.lifetime_days * 86_400,
        domain=site.cookie_domain,
        path="/",
        secure=request.is_secure,
        samesite="Lax",
    )
