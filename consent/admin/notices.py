"""The site's own privacy policy: its versions, what changed, and whether text and policy say the same."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import Response, g, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from consent import clock
from consent.admin import policy_changes, policy_words, shell
from consent.admin.rules import EDITORS, READERS, open_to
from consent.admin.shell import blueprint
from consent.db import db, transact
from consent.notices import comparing, consistency, register
from consent.notices.consistency import Mismatch
from consent.notices.register import Notice, NoticeConflict, NoticeInvalid, NoticeUnknown
from consent.policies import wording
from consent.policies.locales import category_texts

FIELDS = ("version", "language", "effective_on", "text")


@dataclass(frozen=True)
class Shown:
    """`about`, `title` and `fix` in the user's language; `quote` as it stands in the text."""

    title: str
    fix: str
    about: str
    quote: str | None


@blueprint.get("/sites/<site_key>/privacy-policy")
@open_to(READERS)
def notices() -> Response:
    return _page({"language": g.language, "effective_on": clock.day_in_japan(clock.now()).isoformat()})


@blueprint.post("/sites/<site_key>/privacy-policy")
@open_to(EDITORS)
def add_notice() -> AnyResponse:
    site, user, now = shell.site(), shell.user(), clock.now()
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        transact(lambda connection: register.add(connection, site.id, **given, user=user, now=now))
    except (NoticeInvalid, NoticeConflict) as error:
        return _page(given, problem=shell.explained(error), status=error.status)
    return shell.to("notices", saved="yes")


@blueprint.get("/sites/<site_key>/privacy-policy/<int:number>")
@open_to(READERS)
def notice(number: int) -> Response:
    """Raises NoticeUnknown."""
    with db.engine.connect() as connection:
        found = register.of_site(connection, shell.site().id)
    shown = next((each for each in found if each.id == number), None)
    if shown is None:
        raise NoticeUnknown(str(number))
    same = [each for each in found if each.language == shown.language]
    before = next((older for newer, older in pairwise(same) if newer.id == shown.id), None)
    changes = list(comparing.lines(before.text, shown.text)) if before else []
    return shell.page("notice.html", section="notices", notice=shown, before=before, changes=changes)


def _page(values: dict[str, str], *, problem: str | None = None, status: int = 200) -> Response:
    with db.engine.connect() as connection:
        found = register.of_site(connection, shell.site().id)
        now_in_force = _in_force(connection, found)
    return shell.page(
        "notices.html",
        status,
        section="notices",
        notices=found,
        in_force={each.id for each in now_in_force},
        mismatches={each.language: _mismatches(each) for each in now_in_force},
        language_names=policy_words.language_names({each.language for each in found} | {"ja", "en"}),
        values=values,
        problem=problem,
        saved="saved" in request.args,
    )


def _in_force(connection: Connection, found: list[Notice]) -> list[Notice]:
    """The text that is in force today, in each language."""
    site_id, today = shell.site().id, clock.day_in_japan(clock.now())
    languages = dict.fromkeys(each.language for each in found)
    there = (register.in_force(connection, site_id, language, today) for language in languages)
    return [each for each in there if each]


def _mismatches(given: Notice) -> list[Shown] | None:
    """None where no policy is published that it could be compared with."""
    _, document = policy_changes.published(shell.site().id)
    return None if document is None else [_shown(each, document) for each in consistency.check(given.text, document)]


def _shown(found: Mismatch, document: dict[str, Any]) -> Shown:
    about = found.about
    if found.path == "vendors":
        about = wording.country_name(about, g.language) or about
    if found.path == "categories":
        about = category_texts(about, "name").get(g.language, about)
    said = consistency.as_finding(found).said(g.language)
    return Shown(said.title, said.fix, about or policy_words.place(found.path, document), found.quote)
