"""`consent law`: what a person reads, and a program."""

import json

import pytest
from click.testing import CliRunner

from consent import clock
from consent.catalogue.presets import CATEGORIES
from consent.db import transact
from consent.law.packs import packs
from consent.policies import publish
from consent.policies.law_cli import law
from consent.policies.law_words import LANGUAGES, LawWords
from consent.policies.locales import placeholders
from tests.policies.policy import source

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def run(*args):
    return CliRunner().invoke(law, [*args], catch_exceptions=False)


@pytest.fixture
def packs_of(site):
    def choose(categories=("necessary", "analytics", "ma"), **given):
        policy = source(law=given, categories=list(categories))
        transact(lambda c: publish.publish(c, site.id, policy, now=clock.now(), published_by="tests"))

    return choose


def explained(*args):
    return json.loads(run("explain", "--site", "example", "--json", *args).output)


def test_the_list_and_a_pack_need_no_database():
    assert "us-ca" in run("list").output
    assert {each["id"] for each in json.loads(run("list", "--json").output)} >= {"jp", "eu"}
    shown = run("show", "jp").output
    assert "APPI Art. 31, Rules 26-29 [unverified]" in shown
    assert "enacted, not in force" in shown
    assert json.loads(run("show", "gb", "--json").output)["versions"][0]["in_force_from"] == "2026-02"
    assert run("show", "xx").exit_code == 1


def test_a_site_without_packs_has_the_default(site):
    found = explained("--region", "US-CA")
    assert (found["pack"], found["why"], found["model"]) == ("jp", "only", "opt_in")
    assert found["categories"]["analytics"]["asked_by"] == {"jp": "platform"}


def test_it_says_what_applies_and_why(packs_of):
    packs_of(packs=["jp", "us-ca", "gb"])
    assert (explained("--region", "US-CA")["pack"], explained("--region", "US-CA")["why"]) == ("us-ca", "region")
    unknown = explained()
    assert (unknown["pack"], unknown["why"], unknown["model"]) == ("strictest", "unknown", "opt_in")
    assert unknown["categories"]["ma"]["asked_by"] == {"jp": "law", "gb": "law"}
    said = run("explain", "--site", "example", "--region", "US-CA").output
    assert "us-ca, California (CCPA/CPRA), because it names the region" in said
    assert "analytics (opt_out): on until refused; off under the browser’s signal (GPC) [us-ca: the platform" in said
    assert "11 CCR 7025(c) [verified]" in said
    assert "Act" not in said.partition("11 CCR")[2], "the sources of packs that do not apply are left out"


@ON_SQLITE
def test_it_says_which_services_load_before_a_decision(packs_of):
    packs_of(packs=["jp", "us-ca"])
    assert (explained("--region", "US-CA")["early"], explained("--region", "US-CA")["early_signal"]) == (
        ["ga4", "marketo"],
        [],
    )
    assert explained("--region", "JP")["early"] == []
    said = run("explain", "--site", "example", "--region", "US-CA").output
    assert "Loaded before a decision: ga4, marketo\n" in said
    assert "Of these also under the signal: nothing optional\n" in said


@ON_SQLITE
def test_it_speaks_japanese_too(packs_of):
    packs_of(CATEGORIES, packs=["jp", "gb"])
    said = run("explain", "--site", "example", "--language", "ja").output
    assert "example、地域不明、" in said
    assert "analytics（opt_in）：同意まで無効" in said
    assert "個人情報保護法31条、施行規則26条〜29条 ［未検証］：" in said
    assert said.index("ma（") < said.index("advertising（"), "as visitors read them, not by the alphabet"
    assert "通知のみ" in run("list", "--language", "ja").output
    assert "「Your Privacy Choices」のリンク" in run("show", "us-ca", "--language", "ja").output


def keys(value, path=""):
    if not isinstance(value, dict):
        return {path}
    return {found for key, inner in value.items() for found in keys(inner, f"{path}.{key}")}


def test_both_languages_have_the_same_words_with_the_same_places():
    english, japanese = (LawWords(language).words for language in LANGUAGES)
    assert keys(english) == keys(japanese)
    for name in english.keys() - {"columns"}:
        if isinstance(english[name], str):
            assert placeholders(english[name]) == placeholders(japanese[name]), name


@pytest.mark.parametrize("name", packs())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pack_can_be_told_in_every_language(language, name):
    assert len(list(LawWords(language).pack(packs()[name]))) > 5


def test_another_day_has_another_law(packs_of):
    packs_of(packs=["gb"])
    assert explained()["model"] == "exempt"
    assert explained("--at", "2026-01-15")["model"] == "opt_in"


def test_a_policy_from_before_a_law_changed_says_so(site, time_machine):
    time_machine.move_to("2026-01-15T00:00:00Z")
    policy = source(law={"packs": ["gb"]})
    transact(lambda c: publish.publish(c, site.id, policy, now=clock.now(), published_by="tests"))
    assert explained()["outdated"] is False
    time_machine.move_to("2026-06-15T00:00:00Z")
    assert (explained()["outdated"], explained()["model"]) == (True, "opt_in")
    assert "Publish it again" in run("explain", "--site", "example").output


@pytest.mark.parametrize("region", ["USA", "XX", "us-ca"])
def test_what_is_no_region_is_refused(packs_of, region):
    packs_of(packs=["jp", "us-ca"])
    assert run("explain", "--site", "example", "--region", region).exit_code == 1


def test_a_site_without_a_policy_says_so(app):
    from consent import sites

    transact(lambda c: sites.create(c, name="Bare", origins=["https://bare.example"], key="bare", now=clock.now()))
    assert "Nothing is published yet" in run("explain", "--site", "bare").output
