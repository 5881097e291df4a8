"""The files a browser downloads: composed once per policy version and build, compressed as well as gzip can, kept in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import brotli
from cachetools import LRUCache, cached
from flask import current_app
from zopfli import gzip

from consent import clock, http
from consent.banner import build, facts, texts
from consent.db import db, transact
from consent.errors import ConsentError
from consent.javascript import literal
from consent.policies import publish, wording
from consent.records.lookup import policies_in_memory
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


Compose = Callable[[build.Build, dict[str, Any]], str]


def _script(plain: bytes) -> Script:
    packed = {"br": brotli.compress(plain, mode=brotli.MODE_TEXT, quality=11), "gzip": gzip.compress(plain)}
    return Script(plain, packed, http.etag(plain))


class Scripts:
    """Holds what was composed. Everything in the key is immutable, so nothing here can be stale."""

    def __init__(self) -> None:
        self.core = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._core)
        self.stopped = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._stopped)
        self.chunk = cached(LRUCache(maxsize=2048), lock=threading.Lock())(self._chunk)

    def _core(self, site: Site, version: str, material_since: int, built: build.Build) -> Script:
        document = policies_in_memory().document(version)
        composed = facts.compose(site, version, material_since, document, built.name)
        source = built.core.replace(build.FACTS_MARK, composed)
        return _kept(site, f"{version}-{built.name}", "core.js", source)

    def _stopped(self, cookie: str) -> Script:
        return _script(build.stopped().replace(build.COOKIE_MARK, literal(cookie)).encode())

    def _chunk(self, site: Site, name: str, language: str, compose: Compose, ending: str) -> Script:
        version, _, build_name = name.partition("-")
        version, built = _version(site, version), build.current()
        if build_name != built.name:  # a page that was loaded before the last deployment
            return _of_older_build(site, f"{version}-{build_name}", f"{language}{ending}")
        document = policies_in_memory().document(version)
        if language not in document["languages"]:
            raise ScriptUnknown
        public_url = current_app.extensions["consent.config"].public_url
        words = wording.compose(document, language, f"{public_url}/settings/{site.key}?lang={language}")
        return _kept(site, f"{version}-{built.name}", f"{language}{ending}", compose(built, words))


def version_of(site: Site, name: str) -> str:
    """The policy version of a chunk's name, `<version>-<build>`. Raises ScriptUnknown."""
    return _version(site, name.partition("-")[0])


def _version(site: Site, prefix: str) -> str:
    with db.engine.connect() as connection:
        version = publish.version_of_site(connection, site.id, prefix)
    if version is None:
        raise ScriptUnknown
    return version


def _kept(site: Site, name: str, file: str, source: str) -> Script:
    """Kept before anybody gets it: what a visitor saw can be shown again. Raises DatabaseUnavailable."""
    content, now_ms = source.encode(), clock.to_ms(clock.now())
    transact(lambda connection: given.keep(connection, site.id, name, file, content, now_ms))
    return _script(content)


def _of_older_build(site: Site, name: str, file: str) -> Script:
    with db.engine.connect() as connection:
        content = given.find(connection, site.id, name, file)
    if content is None:
        raise ScriptUnknown
    return _script(content)


def first_chunk(built: build.Build, words: dict[str, Any]) -> str:
    return built.ui.replace(build.TEXTS_MARK, literal(texts.first(words)))


def second_chunk(built: build.Build, words: dict[str, Any]) -> str:
    return built.preferences.replace(build.DETAILS_MARK, literal(texts.second(words)))


def _scripts() -> Scripts:
    scripts: Scripts = current_app.extensions["consent.scripts"]
    return scripts


def core(site: Site) -> Script:
    """The script of the site's current policy; of a stopped site the one that asks nobody. Raises NothingPublished."""
    publication = policies_in_memory().published(site)
    if site.stopped_ms is not None:
        cookie = policies_in_memory().document(publication.policy_version)["consent"]["cookie"]
        return _scripts().stopped(cookie)
    return _scripts().core(site, publication.policy_version, publication.material_since, build.current())


def ui(site: Site, name: str, language: str) -> Script:
    """The first UI chunk under its immutable name, `<version>-<build>`, in hex digits. Raises ScriptUnknown."""
    return _scripts().chunk(site, name, language, first_chunk, ".js")


def preferences(site: Site, name: str, language: str) -> Script:
    """The second UI chunk, under the same name. Raises ScriptUnknown."""
    return _scripts().chunk(site, name, language, second_chunk, ".preferences.js")
