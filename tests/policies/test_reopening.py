"""A published version as a source again, and a source as text: nothing is lost on either way."""

import copy
from importlib.resources import files

import pytest

from consent.policies import writing
from consent.policies.document import read, resolve
from consent.policies.reopening import reopen
from tests.people import example_policy
from tests.policies.policy import ACME, CUSTOM, source

EXAMPLE = files("consent.policies").joinpath("example.yaml").read_text("utf-8")
JOINT_USE = {
    "id": "group",
    "name": {"ja": "共同利用", "en": "Joint use"},
    "items": ["page_url", {"ja": "お名前", "en": "Your name"}],
    "users": {"ja": "子会社", "en": "Subsidiaries"},
    "purpose": {"ja": "回答のため", "en": "To answer"},
    "responsible": {"name": "見本株式会社", "address": {"ja": "東京都", "en": "Tokyo"}},
}
OWN = {
    "services": [
        {
            **CUSTOM,
            "cookies": [{"name": "chat_id", "lifetime_s": 60, "purpose": {"ja": "会話", "en": "Chat"}}],
            "hosts": ["chat.example.com"],
            "sends": ["page_url", {"ja": "会話の内容", "en": "What you write"}],
            "acquires_as_personal_data": {"items": ["ip"]},
            "opt_out_url": "https://acme.example/out",
        }
    ],
    "vendors": [ACME],
    "texts": {"ja": {"title": "題"}},
    "categories": ["necessary", {"id": "analytics", "name": {"ja": "分析", "en": "Numbers"}}, "ma"],
    "layout": {"first": "box"},
    "theme": {"light": {"text": "#000"}, "radius": 1},
    "joint_use": [JOINT_USE],
}
POLICIES = {
    "the example": read(EXAMPLE),
    "the one of the tests": read(example_policy()),
    "a small one": source(),
    "one with words of its own": source(**OWN),
    "no cookies": source(services=[{**CUSTOM, "cookies": []}], vendors=[ACME]),
    "another purpose": source(
        services=[{"id": "yt", "preset": "youtube", "category": "ma", "purpose": {"ja": "動画", "en": "Films"}}]
    ),
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_version_that_is_reopened_resolves_to_the_same_document(policy):
    document = resolve(policy).document
    assert resolve(reopen(document)).document == document


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_policy_that_is_written_reads_the_same(policy):
    assert read(writing.text(policy)) == policy


def test_what_the_catalogue_says_anyway_is_not_repeated():
    (ga4, _) = reopen(resolve(source()).document)["services"]
    assert {name: value for name, value in ga4.items() if value} == {
        "id": "ga4",
        "preset": "ga4",
        "parameters": {"measurement_id": "G-ABC1234567"},
        "provision": {"type": "direct_acquisition", "reason": None},
    }


def test_words_that_the_catalogue_has_changed_since_stay_as_they_were_published():
    document = copy.deepcopy(resolve(source()).document)
    ga4 = next(each for each in document["services"] if each["id"] == "ga4")
    ga4["purpose"] = {"ja": "昔の目的", "en": "The purpose of old"}
    assert resolve(reopen(document)).document == document


@pytest.mark.parametrize(
    "text", ["no", "2026-04-01", "0123", "1_000", "~", "- x", "a: b", "#", "x\ny\u2028z", "🍪", "=", "1e3", "'"]
)
def test_no_text_changes_its_meaning_on_the_way_through_the_file(text):
    policy = source(controller={"name": text})
    assert read(writing.text(policy))["controller"]["name"] == text


def test_a_reopened_version_is_as_short_as_what_was_written():
    """Editors read it: what is the same everywhere is said once, and the catalogue's own words are not repeated."""
    policy = reopen(resolve(source(**OWN)).document)
    assert policy["vendors"] == source(**OWN)["vendors"], "vendors of the catalogue are not listed"
    chat = next(each for each in policy["services"] if each["id"] == "chat")
    assert chat["name"] == "Chat"
    assert chat["hosts"] == ["chat.example.com"]
    assert chat["sends"] == ["page_url", {"ja": "会話の内容", "en": "What you write"}]
    marketo = next(each for each in policy["services"] if each["id"] == "marketo")
    assert (marketo["category"], marketo["vendor"]) == (None, None)


def test_a_service_that_says_that_it_sets_no_cookies_still_says_so():
    policy = reopen(resolve(source(services=[{**CUSTOM, "cookies": []}], vendors=[ACME])).document)
    assert next(each for each in policy["services"] if each["id"] == "chat")["cookies"] == []


def test_a_recipient_of_its_own_stays_a_recipient():
    acquires = {"items": ["ip"], "recipient": {"ja": "受領者", "en": "Recipient"}}
    policy = source(services=[{**CUSTOM, "acquires_as_personal_data": acquires}], vendors=[ACME])
    chat = next(each for each in reopen(resolve(policy).document)["services"] if each["id"] == "chat")
    assert chat["acquires_as_personal_data"]["recipient"] == acquires["recipient"]
