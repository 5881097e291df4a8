"""A policy file for each thing that can be wrong with one, so that every finding is said once."""

import json

from tests.disclosure.conftest import JOINT_USE
from tests.policies.policy import ACME, CUSTOM, SMALL, direct

_MARKETO = {"id": "m2", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}, **direct()}
_YOUTUBE = {"id": "yt", "preset": "youtube", "load": "platform", **direct()}
_GTM = {"id": "gtm", "preset": "gtm", "parameters": {"container_id": "GTM-ABC1234"}, "category": "analytics"}
_PIXEL = {"id": "px", "preset": "meta_pixel", "parameters": {"pixel_id": "1"}, "category": "ma", "load": "page"}
_BARE = {"id": "chat", "preset": "custom_script", "parameters": CUSTOM["parameters"]}
_OWN = {"items": [{"ja": "番号", "en": "Number"}], "text": {"ja": "取得します。", "en": "acquires"}}


def _with(*services, **changes):
    return json.dumps({**SMALL, "services": [*SMALL["services"], *services], **changes})


def _look(**changes):
    return _with(**{"layout": {"first": "bar", **changes}})


def texts():
    """Each is wrong in some way; together they are wrong in every way that words are written for."""
    yield from _as_files()
    yield from _by_shape()
    yield from _by_rule()
    yield from _by_law()


def _as_files():
    yield b"a: \xff"
    yield "a: " + "x" * 300_000
    yield from (
        "x",
        'a: "\\ud800"',
        "a: 1\na: 2",
        "? [a]\n: 3",
        "a: &a [1]\nb: *a",
        "a: [",
        "a: \x07",
        "a: " + "1" * 5000,
    )
    yield from ('{"a": 1, "a": 2}', '{"a": NaN}', '{"a" 1}', "a: " + "[" * 40)


def _by_shape():
    yield "{}"
    yield _with(colour="red", schema=2, joint_use={})
    yield _with(languages=["日本"], texts=1, recording={"browser": "x"}, theme={"radius": 99, "light": {"text": "red"}})
    yield _with(languages=[], layout={"first": "corner"}, consent={"lifetime_days": "x", "cookie": 1})
    yield _with(controller={"name": {}, "country": "Japan"}, privacy_policy={"url": "ftp://x", "version": ""})
    yield _with({**_MARKETO, "purpose": "Follow-up", "name": {"ja": "一", "JA": "二"}, "hosts": ["https://x"]})
    yield _with({**_MARKETO, "id": "A B", "cookies": [{"name": None, "verified_on": "today"}]})


def _by_rule():
    yield _with({**_MARKETO, "id": "ga4"}, _YOUTUBE, languages=["ja", "en", "ja", "it"], texts={"ko": {"title": "x"}})
    yield _with({**_MARKETO, "id": "consent", "sends": ["shoe_size"]}, categories=["analytics", "ma", "functional"])
    yield _with(_YOUTUBE, categories=["analytics", "ma", "functional", "fun"])
    yield _with(_BARE, categories=["analytics", "ma", "advertising"])
    yield _with({**_BARE, "category": "ma", "vendor": "acme"}, _GTM, _PIXEL, vendors=[ACME])
    yield _with({**_MARKETO, "vendor": "x", "category": "advertising"}, {"id": "x", "preset": "nope"})
    yield from (_with({**_MARKETO, "parameters": given}) for given in ({}, {"munchkin_id": "1"}, {"x": "y"}))
    yield _with(texts={"ja": {"titel": "x", "title": " ", "body": "同意", "accept": "{site}"}})
    yield _with(controller={"name": {"ja": "見本"}}, consent={"lifetime_days": 0, "cookie": "a b"})
    yield _with({**_MARKETO, "cookies": [{"name": "a b"}, {"name": "*"}]}, consent_mode={"mode": "advanced"})
    yield from (_look(position="center"), _look(buttons=["accept", "accept"]), _look(buttons=["reject"]))
    yield _with(theme={"light": {"text": "#eeeeee", "accent": "#eeeeee", "muted": "#eeeeee"}})
    yield _with({**_MARKETO, "acquires_as_personal_data": {}}, {**_MARKETO, "acquires_as_personal_data": _OWN})
    yield _with({**_MARKETO, "provision": {"type": "personal_related_info"}})
    yield _with({**CUSTOM, "provision": {"type": "joint_use"}}, {**_MARKETO, "provision": None}, vendors=[ACME])
    yield _with(joint_use=[{**JOINT_USE, "responsible": {**JOINT_USE["responsible"], "representative": None}}])


def _by_law():
    strict = {"consent_mode": {"mode": "advanced"}, "layout": {"buttons": ["reject", "accept"]}}
    yield _with(law={"packs": ["eu", "atlantis"]}, **strict)
    yield _with(law={"packs": ["fr-cnil"]}, consent={"lifetime_days": 400})
    yield _with(law={"packs": ["fr-cnil"]}, consent={"lifetime_days": 10})
    yield _with(law={"packs": ["us-ca", "gb"]})
