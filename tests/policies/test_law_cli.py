"""`consent law`: what a person reads, and a program."""

import json

import pytest
from click.testing import CliRunner

from consent import clock
from consent.db import transact
from consent.policies import publish
from consent.policies.law_cli import law
from tests.policies.policy import source


def run(*args):
    return CliRunner().invoke(law, [*args], catch_exceptions=False)


@pytest.fixture
def packs_of(site):
    def choose(**given):
        policy = source(law=given)
        transact(lambda c: publish.publish(c, site.id, policy, now=clock.now(), published_by="tests"))

    return choose


def explained(*args):
    return json.loads(run("explain", "--site", "example", "--json", *args).output)


def test_the_list_and_a_pack_need_no_database():
    assert "us-ca" in run("list").output
    assert {each["id"] for each in json.loads(run("list", "--json").output)} >= {"jp", "eu"}
    shown = run("show", "jp").output
    assert "APPI Art. 31, Rules 26-29 [unverified]" in shown
    assert "enacted_not_in_force" in shown
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
    assert "us-ca, because it names the region" in said
    assert "11 CCR 7025(c) [verified]" in said
    assert "Act" not in said.partition("11 CCR")[2], "the sources of packs that do not apply are left out"


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
