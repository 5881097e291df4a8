"""Asking for a new password by mail. The answer is the same for every address."""

from flask import current_app, request
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.accounts import jobs as account_jobs
from consent.admin import shell
from consent.admin.rules import ANYBODY, open_to
from consent.admin.shell import blueprint
from consent.db import transact
from consent.ratelimit import Limit


@blueprint.get("/forgotten")
@open_to(ANYBODY)
def forgotten() -> AnyResponse:
    if not shell.settings().smtp_url:
        return shell.to("sign_in")
    return shell.page("forgotten.html", asked="saved" in request.args)


@blueprint.post("/forgotten")
@open_to(ANYBODY)
def ask_for_new_password() -> AnyResponse:
    """The worker looks the address up: here nothing depends on whether somebody has it."""
    if not shell.settings().smtp_url:
        return shell.to("sign_in")
    limit: Limit = current_app.extensions["consent.mail.limit"]
    limit.hit()
    email, seal, now = request.form.get("email", ""), shell.seal(), clock.now()
    transact(lambda connection: account_jobs.enqueue_reset(connection, email, seal=seal, now=now))
    return shell.to("forgotten", saved="asked", lang=request.args.get("lang"))
