"""The files a browser downloads: composed once per policy version and build, compressed as well as gzip can, kept in memory."""

import threading
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache, cached
from flask import current_app
from zopfli.gzip import compress

from consent import http
from consent.banner import build, facts, texts
from consent.db import db
from consent.errors import ConsentError
from consent.javascript import literal
from consent.policies import publish, wording
from consent.records.lookup import policies_in_memory
from consent.sites import Site


class ScriptUnknown(ConsentError):
    status = 404
    code = "script_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such script: unknown version, build or language.")


@dataclass(frozen=True)
class Script:
    plain: bytes
    gzipped: bytes
    etag: str


def _script(source: str) -> Script:
    plain = source.encode()
    return Script(plain, compress(plain), http.etag(plain))


class Scripts:
    """Holds what was composed. Everything in the key is immutable, so nothing here can be stale."""

    def __init__(self) -> None:
        self.core = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._core)
        self.ui = cached(LRUCache(maxsize=1024), lock=threading.Lock())(self._ui)
        self.preferences = cached(LRUCache(maxsize=1024), lock=threading.Lock())(self._preferences)

    def _core(self, site: Site, version: str, material_since: int, built: build.Build) -> Script:
        document = policies_in_memory().document(version)
        composed = facts.compose(site, version, material_since, document, built.name)
        return _script(built.core.replace(build.FACTS_MARK, composed))

    def _ui(self, site: Site, name: str, language: str, built: build.Build) -> Script:
        words = texts.first(_words(site, name, language, built))
        return _script(built.ui.replace(build.TEXTS_MARK, literal(words)))

    def _preferences(self, site: Site, name: str, language: str, built: build.Build) -> Script:
        words = texts.second(_words(site, name, language, built))
        return _script(built.preferences.replace(build.DETAILS_MARK, literal(words)))


def _words(site: Site, name: str, language: str, built: build.Build) -> dict[str, Any]:
    version_prefix, _, build_name = name.partition("-")
    with db.engine.connect() as connection:
        version = publish.version_of_site(connection, site.id, version_prefix)
    if version is None or build_name != built.name:
        raise ScriptUnknown
    document = policies_in_memory().document(version)
    if language not in document["languages"]:
        raise ScriptUnknown
    public_url = current_app.extensions["consent.config"].public_url
    return wording.compose(document, language, f"{public_url}/settings/{site.key}?lang={language}")


def _scripts() -> Scripts:
    scripts: Scripts = current_app.extensions["consent.scripts"]
    return scripts


def core(site: Site) -> Script:
    """The script of the site's current policy. Raises NothingPublished."""
    publication = policies_in_memory().published(site)
    return _scripts().core(site, publication.policy_version, publication.material_since, build.current())


def ui(site: Site, name: str, language: str) -> Script:
    """The first UI chunk under its immutable name, `<version>-<build>`, 16 hex digits each. Raises ScriptUnknown."""
    return _scripts().ui(site, name, language, build.current())


def preferences(site: Site, name: str, language: str) -> Script:
    """The second UI chunk, under the same name. Raises ScriptUnknown."""
    return _scripts().preferences(site, name, language, build.current())
