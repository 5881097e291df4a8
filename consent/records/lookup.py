"""The rules of published policy versions, from memory: every recorded decision asks for them."""

import threading
from typing import Any

import orjson
from cachetools import LRUCache, TTLCache, cached
from flask import current_app
from sqlalchemy import Connection

from consent.db import db
from consent.errors import ConsentError
from consent.law.choosing import Laws
from consent.law.terms import Terms
from consent.policies import law, publish
from consent.records.rules import Law, PolicyVersionUnknown, Rules
from consent.sites import Site

FRESH_S = 5


def read_rules(connection: Connection, site_id: int, version: str) -> Rules:
    """Raises PolicyVersionUnknown where this version was never published for this site."""
    publication = publish.latest_of(connection, site_id, version)
    if publication is None:
        raise PolicyVersionUnknown(version)
    document = orjson.loads(publish.by_version(connection, version))
    laws = law.laws(document)
    return Rules(
        version=version,
        material_since=publication.material_since,
        lifetime_days=document["consent"]["lifetime_days"],
        cookie=document["consent"]["cookie"],
        languages=frozenset(document["languages"]),
        categories=frozenset(category["id"] for category in document["categories"]),
        services={service["id"]: service["category"] for service in document["services"]},
        keep_ip_prefix=document["recording"]["ip_prefix"],
        keep_browser=document["recording"]["browser"],
        count_showings=document["recording"].get("showings", False),
        several_laws=laws is not None and len(laws.packs) > 1,
        laws={terms.id: _law(document, terms) for terms in (laws.lax if laws else ())},
    )


def _law(document: dict[str, Any], terms: Terms) -> Law:
    return Law(terms.model, frozenset(law.runs(document, terms, signal=True)))


class NothingPublished(ConsentError):
    status = 404
    code = "nothing_published"

    def __init__(self, site_key: str) -> None:
        super().__init__(
            f"The site {site_key!r} has no published policy yet: consent policy publish --site {site_key} policy.yaml"
        )


class PolicyLookup:
    """`published(site)` raises NothingPublished; `rules(site_id, version)` raises PolicyVersionUnknown."""

    def __init__(self) -> None:
        self.rules = cached(TTLCache(maxsize=4096, ttl=FRESH_S), lock=threading.Lock())(self._rules)
        self.document = cached(LRUCache(maxsize=128), lock=threading.Lock())(
            self._document
        )  # immutable, so never stale
        self.laws = cached(LRUCache(maxsize=512), lock=threading.Lock())(self._laws)
        self.published = cached(TTLCache(maxsize=1024, ttl=FRESH_S), lock=threading.Lock())(self._published)

    def _rules(self, site_id: int, version: str) -> Rules:
        with db.engine.connect() as connection:
            return read_rules(connection, site_id, version)

    def _document(self, version: str) -> dict[str, Any]:
        with db.engine.connect() as connection:
            document: dict[str, Any] = orjson.loads(publish.by_version(connection, version))
        return document

    def _laws(self, version: str) -> Laws | None:
        return law.laws(self.document(version))

    def _published(self, site: Site) -> publish.Publication:
        with db.engine.connect() as connection:
            publication = publish.current(connection, site.id)
        if publication is None:  # raised and so not remembered: the first publication is seen at once
            raise NothingPublished(site.key)
        return publication


def policies_in_memory() -> PolicyLookup:
    lookup: PolicyLookup = current_app.extensions["consent.policies"]
    return lookup
