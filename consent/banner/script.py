"""The files a browser downloads: composed and compressed once per policy version and build, kept in memory."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import brotli
from cachetools import LRUCache, cached
from flask import Request, current_app
from sqlalchemy import Connection
from zopfli import gzip as zopfli

from consent import clock, http
from consent.banner import build, facts, first, texts
from consent.db import db, transact
from consent.errors import ConsentError
from consent.javascript import literal
from consent.law.choosing import choose
from consent.law.region import locate
from consent.law.terms import Terms
from consent.policies import publish, wording
from consent.records.lookup import policies_in_memory
from consent.registers import holding
from consent.shown import files as given
from consent.sites import Site


class ScriptUnknown(ConsentError):
    status = 404
    code = "script_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such script: unknown version, build or language.")


@dataclass(frozen=True)
class Script:
    """`packed`: under the name of each content coding, the smallest first."""

    plain: bytes
    packed: dict[str, bytes]
    etag: str


class HeldService(NamedTuple):
    """`entry`: the check that has run out. The one after it may run out as well, and the log is told again."""

    service: str
    entry: int


Held = tuple[HeldService, ...]
Compose = Callable[[build.Build, dict[str, Any]], str]


def core_script(plain: bytes) -> Script:
    """What every visit loads, as small as gzip can make it."""
    return _script(plain, zopfli.compress(plain))


def chunk_script(plain: bytes) -> Script:
    """What few visits load. Over Japanese texts zopfli thinks for up to half a second, and the first visitor would wait for
    it: to save the fiftieth part of their download, or nothing at all where their browser takes Brotli."""
    return _script(plain, gzip.compress(plain, compresslevel=9, mtime=0))


def _script(plain: bytes, gzipped: bytes) -> Script:
    packed = {"br": brotli.compress(plain, mode=brotli.MODE_TEXT, quality=11), "gzip": gzipped}
    return Script(plain, packed, http.etag(plain))


class Scripts:
    """Holds what was composed. Everything in the key is immutable, so nothing here can be stale."""

    def __init__(self) -> None:
        self.core = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._core)
        self.stopped = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._stopped)
        self.chunk = cached(LRUCache(maxsize=2048), lock=threading.Lock())(self._chunk)
        self.both = cached(LRUCache(maxsize=512), key=_both_key, lock=threading.Lock())(self._both)

    def _core(
        self, site: Site, version: str, material_since: int, built: build.Build, early: str | None, held: Held
    ) -> Script:
        document = policies_in_memory().document(version)
        terms, services = _terms(version, early) if early else None, [each.service for each in held]
        if held:
            _tell_of(site, built, services)
        composed = facts.compose(site, version, material_since, document, built.name, terms, services)
        source = built.core.replace(build.FACTS_MARK, composed)
        return core_script(_kept(site, f"{version}-{built.name}", "core.js", source))

    def _stopped(self, cookie: str) -> Script:
        return core_script(build.stopped().replace(build.COOKIE_MARK, literal(cookie)).encode())

    def _both(self, core: Script, chunk: Script, name: str, language: str) -> Script:
        return chunk_script(
            first.joined(core.plain.decode(), chunk.plain.decode(), name=name, spoken=language).encode()
        )

    def _chunk(self, site: Site, name: str, language: str, compose: Compose, ending: str) -> Script:
        version, _, build_name = name.partition("-")
        version = _version(site, version)
        built, early = _builds(site, version).get(build_name, (None, None))
        if built is None:  # a page that was loaded before the last deployment
            return _of_older_build(site, f"{version}-{build_name}", f"{language}{ending}")
        document = policies_in_memory().document(version)
        if language not in document["languages"]:
            raise ScriptUnknown
        public_url = current_app.extensions["consent.config"].public_url
        address = f"{public_url}/settings/{site.key}?lang={language}"
        words = wording.compose(document, language, address, early=early)
        return chunk_script(_kept(site, f"{version}-{built.name}", f"{language}{ending}", compose(built, words)))


def _both_key(core: Script, chunk: Script, name: str, language: str) -> tuple[str, ...]:
    return core.etag, chunk.etag, name, language


def version_of(site: Site, name: str) -> str:
    """The policy version of a chunk's name, `<version>-<build>`. Raises ScriptUnknown."""
    return _version(site, name.partition("-")[0])


def _version(site: Site, prefix: str) -> str:
    with db.engine.connect() as connection:
        version = publish.version_of_site(connection, site.id, prefix)
    if version is None:
        raise ScriptUnknown
    return version


def _builds(site: Site, version: str) -> dict[str, tuple[build.Build, Terms | None]]:
    """Those of today's script, by name; each with the law under which tags may run before a decision, where it is one's."""
    laws, held = policies_in_memory().laws(version), [each.service for each in _held(site, version)]
    found = [(build.current(), None), *((build.early(terms.id), terms) for terms in (laws.lax if laws else ()))]
    if held:
        found += [(build.holding(built, held), early) for built, early in found]
    return {built.name: (built, early) for built, early in found}


def _held(site: Site, version: str) -> Held:
    found = holding.now_held(site.id, _services(version), clock.now())
    return tuple(HeldService(each.service_id, each.id) for each in found)


def _services(version: str) -> list[str]:
    return [each["id"] for each in policies_in_memory().document(version)["services"]]


def _tell_of(site: Site, built: build.Build, services: list[str]) -> None:
    """The site's log, before anybody gets a script that holds them back; and the build is kept."""

    def unit(connection: Connection) -> None:
        holding.note(connection, site.id, services, clock.now())
        build.keep_one(connection, built)

    transact(unit)


def _terms(version: str, name: str) -> Terms | None:
    laws = policies_in_memory().laws(version)
    return laws.named(name) if laws else None


def _kept(site: Site, name: str, file: str, source: str) -> bytes:
    """Kept before anybody gets it: what a visitor saw can be shown again. Raises DatabaseUnavailable."""
    content, now_ms = source.encode(), clock.to_ms(clock.now())
    transact(lambda connection: given.keep(connection, site.id, name, file, content, now_ms))
    return content


def _of_older_build(site: Site, name: str, file: str) -> Script:
    with db.engine.connect() as connection:
        content = given.find(connection, site.id, name, file)
    if content is None:
        raise ScriptUnknown
    return chunk_script(content)


def first_chunk(built: build.Build, words: dict[str, Any]) -> str:
    return built.ui.replace(build.TEXTS_MARK, literal(texts.first(words)))


def second_chunk(built: build.Build, words: dict[str, Any]) -> str:
    return built.preferences.replace(build.DETAILS_MARK, literal(texts.second(words)))


def _scripts() -> Scripts:
    scripts: Scripts = current_app.extensions["consent.scripts"]
    return scripts


def core(site: Site, pack: str) -> Script:
    """The script of the site's current policy; with several law packs, that of the one named; of a stopped site the one that
    asks nobody. A service whose check abroad has run out is held back from the next day on. Raises NothingPublished.
    """
    publication = policies_in_memory().published(site)
    version = publication.policy_version
    if site.stopped_ms is not None:
        return _scripts().stopped(cookie_of(site))
    terms, (built, held) = _terms(version, pack), _build_of(site, version, pack)
    early = terms.id if terms and terms.lax else None
    return _scripts().core(site, version, publication.material_since, built, early, held)


def _build_of(site: Site, version: str, pack: str) -> tuple[build.Build, Held]:
    built, held = build.under(_terms(version, pack)), _held(site, version)
    return (build.holding(built, [each.service for each in held]) if held else built), held


def cookie_of(site: Site) -> str:
    """The name of the consent cookie. Raises NothingPublished."""
    document = policies_in_memory().document(policies_in_memory().published(site).policy_version)
    name: str = document["consent"]["cookie"]
    return name


def first_visit(site: Site, pack: str, asked: Request) -> Script | None:
    """The core and the chunk that it would ask for, in one; None where nobody can tell which, or whether.

    Raises NothingPublished.
    """
    if site.stopped_ms is not None or not first.undecided(asked, cookie_of(site)):
        return None
    version = policies_in_memory().published(site).policy_version
    language = first.language(asked, policies_in_memory().document(version)["languages"])
    if language is None:
        return None
    name = f"{version}-{_build_of(site, version, pack)[0].name}"
    return _scripts().both(core(site, pack), ui(site, name, language), name, language)


def is_last_day(site: Site) -> bool:
    """Whether from tomorrow on one more service is held back. Raises NothingPublished."""
    services = _services(policies_in_memory().published(site).policy_version)
    return holding.ends_today(site.id, services, clock.now())


def law_of(site: Site, asked: Request) -> str | None:
    """The pack whose script this visitor needs; None where there is one script for everybody. Raises NothingPublished."""
    laws = policies_in_memory().laws(policies_in_memory().published(site).policy_version)
    if laws is None or len(laws.packs) < 2 or not laws.lax or site.stopped_ms is not None:
        return None
    return choose(laws, locate(asked).code).terms.id


def ui(site: Site, name: str, language: str) -> Script:
    """The first UI chunk under its immutable name, `<version>-<build>`, in hex digits. Raises ScriptUnknown."""
    return _scripts().chunk(site, name, language, first_chunk, ".js")


def preferences(site: Site, name: str, language: str) -> Script:
    """The second UI chunk, under the same name. Raises ScriptUnknown."""
    return _scripts().chunk(site, name, language, second_chunk, ".preferences.js")
