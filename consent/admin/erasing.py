"""Erasing what is recorded about a visitor who wrote instead of using the settings page."""

from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import shell
from consent.admin.evidence import is_visitor
from consent.admin.exporting import ChoiceInvalid
from consent.admin.rules import OWNERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.errors import ConsentError
from consent.ledger import hold
from consent.records import forget
from consent.visitors import requests
from consent.visitors.jobs import hours


class VisitorUnknown(ConsentError):
    status = 404
    code = "visitor_unknown"

    def __init__(self) -> None:
        super().__init__("Nothing is kept about this visitor.")


@blueprint.get("/sites/<site_key>/evidence/erase")
@open_to(OWNERS)
def erase_visitor() -> AnyResponse:
    ordered = "ordered" in request.args
    return _page(request.args.get("visitor", "").strip(), said=shell.text("erasing.ordered") if ordered else None)


def _page(visitor_id: str, error: ConsentError | None = None, **more: Any) -> AnyResponse:
    site_id = shell.site().id
    with db.engine.connect() as connection:
        records = forget.count_of(connection, site_id, visitor_id)
        waiting = requests.waiting(connection, site_id, visitor_id)
        held = hold.standing(connection, site_id)
    return shell.page(
        "erase_visitor.html",
        error.status if error else 200,
        section="evidence",
        visitor=visitor_id,
        records=records,
        waiting=waiting,
        held=held,
        reasons=requests.REASONS,
        problem=shell.explained(error) if error else None,
        **more,
    )


@blueprint.post("/sites/<site_key>/evidence/erase")
@open_to(OWNERS)
def order_erasure() -> AnyResponse:
    visitor_id, reason = request.form.get("visitor", "").strip(), request.form.get("reason", "")
    about: dict[str, Any] = {"both_halves": request.form.get("both") == "yes", "reason": reason, "hours": hours()}
    site, user, now = shell.site(), shell.user(), clock.now()

    def unit(connection: Connection) -> requests.Asked:
        return requests.order(connection, site.id, visitor_id, user=user, now=now, **about)

    try:
        if reason not in requests.REASONS or request.form.get("sure") != "yes":
            raise ChoiceInvalid
        if not is_visitor(visitor_id) or transact(unit).id is None:
            raise VisitorUnknown
    except ConsentError as error:
        return _page(visitor_id, error, reason=reason)
    return shell.to("erase_visitor", visitor=visitor_id, ordered="")
