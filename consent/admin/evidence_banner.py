"""The banner as the visitor of a record saw it: in a frame on the record's page, and as a folder to take away.

Both are made from the very files that visitors were given. What was not kept is not made up.
"""

import io
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent.admin import frames, one_record, shell
from consent.admin.rules import READERS, open_to
from consent.admin.shell import blueprint
from consent.banner.framed import frame
from consent.db import db
from consent.errors import ConsentError
from consent.policies import wording
from consent.records.reading import Receipt
from consent.shown import replay

WIDTHS = {"phone": "390", "tablet": "820"}  # of the kind of device; any other gets the width of the page
NOTHING = replay.Given(None, None, None)


class NotKept(ConsentError):
    status = 404
    code = "banner_not_kept"

    def __init__(self) -> None:
        super().__init__("The files of the banner that this record names are not kept here.")


@dataclass(frozen=True)
class Shown:
    """`layers` that can be shown again, and which of them is. `kept`: something is there to be taken away."""

    kept: bool
    layers: list[int]
    layer: int
    width: str


def shown(connection: Connection, receipt: Receipt) -> Shown:
    given = _given(connection, receipt)
    layers = [1, 2] if given.second else [1]
    device = (receipt.subject or {}).get("device_class")
    return Shown(
        kept=given.core is not None,
        layers=layers if given.core and given.first else [],
        layer=_layer(receipt, layers),
        width=WIDTHS.get(device or "", "100%"),
    )


def _layer(receipt: Receipt, layers: list[int]) -> int:
    """The one that is asked for, or else the one where the answer was given."""
    usual = 2 if receipt.evidence and receipt.evidence["source"] == "preferences" else 1
    asked = request.args.get("layer", usual, type=int)
    return asked if asked in layers else 1


@blueprint.get("/sites/<site_key>/evidence/<record_id>/banner")
@open_to(READERS)
def evidence_banner_frame(record_id: str) -> AnyResponse:
    """The page in the frame. It runs without an origin: it reaches neither this session nor any storage.

    Raises NotKept.
    """
    with db.engine.connect() as connection:
        receipt = one_record.read(connection, record_id)
        given, layer = _given(connection, receipt), shown(connection, receipt).layer
    if given.core is None or given.first is None:
        raise NotKept
    said = receipt.decided()
    framed = frame(
        language=said["language"],
        direction=wording.direction(said["language"]),
        core=given.core.decode(),
        first=given.first.decode(),
        second=(given.second or b"").decode(),
        layer=layer,
        signal=said["gpc"],
    )
    return frames.answer(framed)


@blueprint.get("/sites/<site_key>/evidence/<record_id>/banner.zip")
@open_to(READERS)
def evidence_banner(record_id: str) -> AnyResponse:
    """To be opened offline: there it loads nothing and records nothing. Raises NotKept."""
    with db.engine.connect() as connection:
        build = _build(one_record.read(connection, record_id))
        files = replay.files(connection, shell.site().id, *build) if build else {}
    if not files:
        raise NotKept
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(f"banner-{record_id}/{path}", content)
    return download(packed.getvalue(), "application/zip", f"banner-{record_id}.zip")


def _given(connection: Connection, receipt: Receipt) -> replay.Given:
    build = _build(receipt)
    return replay.find(connection, receipt.site.id, *build) if build else NOTHING


def _build(receipt: Receipt) -> tuple[str, str, str] | None:
    """Version, build and language; None where it is erased, or was decided without a banner."""
    said = receipt.evidence
    return (said["policy_version"], said["script"], said["language"]) if said and said["script"] else None


def download(content: bytes | str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, content_type=media_type, headers=headers)
