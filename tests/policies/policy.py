"""A small valid policy to bend in a test."""

import copy

from consent.policies import lint
from consent.policies.document import resolve
from consent.policies.schemas.validation import validated


def direct():
    """New each time: YAML would write the same one as an alias."""
    return {"provision": {"type": "direct_acquisition"}}


SMALL = {
    "schema": 1,
    "controller": {"name": {"ja": "見本", "en": "Sample"}},
    "privacy_policy": {"url": "https://example.com/privacy", "version": "1"},
    "languages": ["ja", "en"],
    "categories": ["necessary", "analytics", "ma"],
    "services": [
        {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, **direct()},
        {"id": "marketo", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}, **direct()},
    ],
}

CUSTOM = {
    "id": "chat",
    "preset": "custom_script",
    "category": "ma",
    "vendor": "acme",
    "name": "Chat",
    "purpose": {"ja": "質問に答えます。", "en": "Answers questions."},
    "sends": ["page_url"],
    "parameters": {"src": "https://cdn.example.com/chat.js"},
    **direct(),
}
ACME = {"id": "acme", "name": "Acme K.K.", "country": "JP"}


def source(*, services=(), **changes):
    """A validated source. `services` are added to the two of the small policy, decided like them unless they say otherwise."""
    policy = {**copy.deepcopy(SMALL), **copy.deepcopy(changes)}
    policy["services"] = [*policy["services"], *({**direct(), **copy.deepcopy(each)} for each in services)]
    return validated(policy)


def resolved(**changes):
    return resolve(source(**changes)).document


def findings(**changes):
    """[(code, path)] of every finding."""
    return [(each.code, each.path) for each in lint.check(source(**changes))]


def service(document, name):
    return next(each for each in document["services"] if each["id"] == name)
