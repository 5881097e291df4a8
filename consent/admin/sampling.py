"""A random sample of a period as a worksheet to print and tick: whoever has its numbers draws the same one."""

import re
import secrets
from typing import Any

import orjson
from flask import g, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import period, shell
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.audit import sample
from consent.db import db
from consent.errors import ConsentError

_DAYS, _SIZE = 30, 25
_SEED = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class SampleInvalid(ConsentError):
    status = 422
    code = "sample_invalid"

    def __init__(self) -> None:
        super().__init__(
            f"A sample has 1 to {sample.LARGEST} records; its seed is up to 40 of A-Z, a-z, 0-9, full stop, _ and -."
        )


@blueprint.get("/sites/<site_key>/evidence/sample")
@open_to(READERS)
def evidence_sample() -> AnyResponse:
    """Without a seed one is thrown, and with the size of the log it goes into the address: that is what repeats it."""
    if "first" not in request.args:
        return _page(_usual(), None)
    asked = {name: request.args.get(name, "").strip() for name in ("first", "last", "size", "seed", "tree")}
    try:
        if not asked["seed"] or not asked["tree"]:
            return _with_numbers(asked)
        return _page(asked, _drawn(asked))
    except ConsentError as error:
        return _page(asked, None, error)


def _usual() -> dict[str, str]:
    return {**period.last_days(clock.now(), g.time_zone, _DAYS), "size": str(_SIZE), "seed": "", "tree": ""}


def _with_numbers(asked: dict[str, str]) -> AnyResponse:
    with db.engine.connect() as connection:
        tree = sample.size_of_log(connection, shell.site().id)
    numbers = {"seed": asked["seed"] or secrets.token_hex(4), "tree": asked["tree"] or str(tree)}
    return shell.to("evidence_sample", **{**asked, **numbers})


def _drawn(asked: dict[str, str]) -> sample.Sample:
    """Raises PeriodInvalid, SampleInvalid, SampleEmpty."""
    span = period.read_whole(asked, g.time_zone)
    size, tree = (_number(asked[name]) for name in ("size", "tree"))
    if not 1 <= size <= sample.LARGEST or not _SEED.fullmatch(asked["seed"]):
        raise SampleInvalid
    with db.engine.connect() as connection:
        return sample.draw(
            connection,
            shell.site().id,
            since_ms=span.since_ms,
            until_ms=span.until_ms,
            seed=asked["seed"],
            size=size,
            tree_size=tree,
        )


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise SampleInvalid
    return int(text)


def _page(asked: dict[str, str], drawn: sample.Sample | None, error: ConsentError | None = None) -> AnyResponse:
    return shell.page(
        "evidence_sample.html",
        error.status if error else 200,
        section="evidence",
        asked=asked,
        drawn=drawn,
        largest=sample.LARGEST,
        rows=_rows(drawn) if drawn else [],
        problem=shell.explained(error) if error else None,
    )


def _rows(drawn: sample.Sample) -> list[dict[str, Any]]:
    """With what was decided, as the log has it; nothing where it was erased."""
    epochs = {part.log.log_id: part.log.epoch for part in drawn.parts}
    return [
        {**row._mapping, "epoch": epochs[row.log_id], "said": orjson.loads(row.evidence) if row.evidence else None}
        for row in drawn.rows
    ]
