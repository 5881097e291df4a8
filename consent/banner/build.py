"""The built banner files: `static/banner.js` (core), `static/early.js` (the core for laws under which tags may run before a
decision: docs/adr/0016-a-script-for-each-law.md), `static/held.js` (the core that holds services back:
docs/adr/0019-a-check-that-has-run-out.md), `static/ui.js` and `static/preferences.js` (the user interface in two
chunks, docs/adr/0006-two-ui-chunks.md). Their first line carries the digest of the source; browsers get them without it,
because the facts name the build.

The build is evergreen: every site gets the current one. What a visitor saw can still be shown again, because each record
names the build by its digest, and `consent db upgrade` keeps a copy of every build that was ever deployed (consent/shown).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from consent import clock
from consent.config import ROOT
from consent.law.packs import packs
from consent.law.terms import STRICTEST, Terms
from consent.shown import builds

FACTS_MARK = "__CONSENT_FACTS__"
TEXTS_MARK = "__CONSENT_TEXTS__"
DETAILS_MARK = "__CONSENT_DETAILS__"
COOKIE_MARK = "__CONSENT_COOKIE__"
_DIGEST = re.compile(r"/\*! consent ([0-9a-f]{64}) \*/")


class BannerNotBuilt(Exception):
    """A built file is missing or is not what `make banner` writes."""


@dataclass(frozen=True)
class Build:
    digest: str
    core: str
    early: str
    held: str
    ui: str
    preferences: str

    @property
    def name(self) -> str:
        """The first 16 hex digits: what records and addresses carry."""
        return self.digest[:16]


def _read(path: Path, token: str) -> tuple[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BannerNotBuilt(f"{path.name} cannot be read: {error.strerror}") from None
    header = _DIGEST.match(text)
    if header is None or text.count(token) != 1:
        raise BannerNotBuilt(f"{path.name} is not a built banner file")
    return header.group(1), text.removeprefix(header.group()).strip()


@cache
def current() -> Build:
    """Raises BannerNotBuilt."""
    core_digest, core = _read(ROOT / "static" / "banner.js", FACTS_MARK)
    early_digest, early = _read(ROOT / "static" / "early.js", FACTS_MARK)
    held_digest, held = _read(ROOT / "static" / "held.js", FACTS_MARK)
    ui_digest, ui = _read(ROOT / "static" / "ui.js", TEXTS_MARK)
    preferences_digest, preferences = _read(ROOT / "static" / "preferences.js", DETAILS_MARK)
    if len({core_digest, early_digest, held_digest, ui_digest, preferences_digest}) > 1:
        raise BannerNotBuilt("banner.js, early.js, held.js, ui.js and preferences.js are of different builds")
    return Build(core_digest, core, early, held, ui, preferences)


def early(pack: str) -> Build:
    """What a law pack has under which tags may run before a decision: a build of its own, with a name of its own, so that a
    record that names it says which rules ran."""
    built = current()
    digest = hashlib.sha256(f"{built.digest} {pack}".encode()).hexdigest()
    return replace(built, digest=digest, core=built.early, held=built.early)


def holding(built: Build, services: Sequence[str]) -> Build:
    """The same, with these services held back: a build of its own again, so that a record that names it says which they were."""
    digest = hashlib.sha256(f"{built.digest} held {' '.join(services)}".encode()).hexdigest()
    return replace(built, digest=digest, core=built.held)


def under(terms: Terms | None) -> Build:
    """What visitors get where these terms hold. None: where the site asks everybody first."""
    return early(terms.id) if terms and terms.lax else current()


@cache
def stopped() -> str:
    """What a stopped site serves. Raises BannerNotBuilt."""
    return _read(ROOT / "static" / "stopped.js", COOKIE_MARK)[1]


def keep(connection: Connection) -> None:
    """The builds of this program, so that what visitors see with them can be shown again. Raises BannerNotBuilt."""
    for built in (current(), *(early(pack) for pack in (*packs(), STRICTEST))):
        keep_one(connection, built)


def keep_one(connection: Connection, built: Build) -> None:
    builds.keep(connection, built.digest, {name: getattr(built, name) for name in builds.FILES}, clock.now())
