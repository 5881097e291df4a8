"""Taking evidence away: the records of a period as a file, or a bundle that verifies itself. Each with a reason."""

from datetime import datetime
from typing import Any

from flask import Response, g, request, send_file
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, jobs
from consent.admin import period, shell
from consent.admin.rules import EXPORTERS, open_to
from consent.admin.shell import blueprint
from consent.audit import export, taken
from consent.audit.bundle import jobs as bundle_jobs
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.audit.verify.manifest import FULL, MODES
from consent.db import db, transact
from consent.errors import ConsentError

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
BUNDLES_SHOWN = 20
_DAYS = 30


class ChoiceInvalid(ConsentError):
    status = 422
    code = "choice_invalid"

    def __init__(self) -> None:
        super().__init__("Choose one of what the form offers.")


@blueprint.get("/sites/<site_key>/evidence/export")
@open_to(EXPORTERS)
def evidence_export() -> AnyResponse:
    return _page()


def _page(error: ConsentError | None = None) -> AnyResponse:
    with db.engine.connect() as connection:
        bundles = jobs.of_site(connection, shell.site().id, bundle_jobs.KIND)[:BUNDLES_SHOWN]
        history = taken.history(connection, shell.site().id)
    return shell.page(
        "evidence_export.html",
        error.status if error else 200,
        section="evidence",
        values={**period.last_days(clock.now(), g.time_zone, _DAYS), "mode": FULL, "format": "csv", **request.form},
        modes=MODES,
        bundles=bundles,
        history=history,
        problem=shell.explained(error) if error else None,
    )


@blueprint.post("/sites/<site_key>/evidence/export/records")
@open_to(EXPORTERS)
def export_records() -> AnyResponse:
    try:
        reason = taken.checked(request.form.get("reason", ""))
        span, form = period.read_whole(request.form, g.time_zone), _one_of("format", tuple(FORMATS))
    except ConsentError as error:
        return _page(error)
    user, site, now = shell.user(), shell.site(), clock.now()
    selection = export.Selection(site, form, span.since, span.until, bom=form == "csv")
    about = {"format": form, "first": str(span.first), "last": str(span.last), "zone": g.time_zone}
    transact(lambda connection: taken.note(connection, site.id, user, now, reason=reason, **about))
    name = f"consent-{site.key}-{span.first}-{span.last}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(export.chunks(selection), content_type=FORMATS[form], headers=headers)


@blueprint.post("/sites/<site_key>/evidence/export/bundles")
@open_to(EXPORTERS)
def ask_for_bundle() -> AnyResponse:
    """A job for each epoch of the log; the log hears of it when the bundle is built."""
    try:
        reason = taken.checked(request.form.get("reason", ""))
        span, mode = period.read_whole(request.form, g.time_zone), _one_of("mode", MODES)
        asked = {"since": span.since, "until": span.until, "mode": mode, "reason": reason}
        made = _queue(asked, clock.now())
    except ConsentError as error:
        return _page(error)
    return shell.to("evidence_bundle", job_id=made[-1].id)


def _queue(asked: dict[str, Any], now: datetime) -> list[jobs.Job]:
    """Raises BundleEmpty."""
    user, site = shell.user(), shell.site()

    def unit(connection: Connection) -> list[jobs.Job]:
        found = ranges.covering(connection, site.id, asked["since"], asked["until"])
        made = [plans.of_range(each, site_key=site.key, by=user.email, **asked) for each in found]
        return [bundle_jobs.ask(connection, plan, now) for plan in made]

    return transact(unit)


def _one_of(field: str, offered: tuple[str, ...]) -> str:
    """Raises ChoiceInvalid."""
    found = request.form.get(field, "")
    if found not in offered:
        raise ChoiceInvalid
    return found


@blueprint.get("/sites/<site_key>/evidence/export/bundles/<int:job_id>")
@open_to(EXPORTERS)
def evidence_bundle(job_id: int) -> AnyResponse:
    with db.engine.connect() as connection:
        job = bundle_jobs.find(connection, shell.site().id, job_id)
    total = job.arguments["end"] - job.arguments["start"]
    return shell.page(
        "evidence_bundle.html",
        section="evidence",
        job=job,
        waiting=job.state in ("queued", "running"),
        done=total if job.state == "done" else job.done,
        total=total,
        kept=_kept(job),
        failure=shell.failure(job),
    )


def _kept(job: jobs.Job) -> bool:
    try:
        return bundle_jobs.file_of(job).exists()
    except (bundle_jobs.BundleUnfinished, bundle_jobs.BundleGone):
        return False


@blueprint.get("/sites/<site_key>/evidence/export/bundles/<int:job_id>/file")
@open_to(EXPORTERS)
def fetch_bundle(job_id: int) -> AnyResponse:
    with db.engine.connect() as connection:
        job = bundle_jobs.find(connection, shell.site().id, job_id)
    name = f"consent-{shell.site().key}-{job.arguments['start']}-{job.arguments['end']}.zip"
    path = bundle_jobs.file_of(job)
    response = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name, conditional=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response
