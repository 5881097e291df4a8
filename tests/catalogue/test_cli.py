"""`consent catalogue` needs neither settings nor a database."""

import json
import re

import pytest
from click.testing import CliRunner

from consent.cli import main
from tests.catalogue.test_propose import page


def run(*arguments, given=None):
    return CliRunner(env={"CONSENT_SECRET_KEYS": ""}).invoke(main, ["catalogue", *arguments], input=given)


def test_the_list_names_presets_and_can_be_of_one_category():
    everything, ma = run("list").output, run("list", "--category", "ma").output
    assert "ga4" in everything
    assert "satori" in everything
    assert re.search(r"clarity .* 1 of 7", everything)
    assert "satori" in ma
    assert "ga4" not in ma
    assert run("list", "--category", "games").exit_code == 2


def test_a_preset_is_shown_with_the_confidence_of_its_facts():
    shown = json.loads(run("show", "clarity").output)
    assert shown["facts"]["revoke"]["confidence"] == "verified"
    assert shown["not_verified"] == {
        "vendor": "unverified",
        "hosts": "secondary",
        "sends": "unverified",
        "their_purpose": "unverified",
        "load": "observed",
        "storage": "unverified",
    }
    assert [hint["type"] for hint in shown["provision"]] == ["direct_acquisition"]
    unknown = run("show", "nothing")
    assert (unknown.exit_code, "catalogue list" in unknown.output) == (1, True)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_page_from_standard_input_is_looked_at(form):
    result = run("propose", "-", "--format", form, given=page("japanese_corporate"))
    assert result.exit_code == 0
    if form == "json":
        found = json.loads(result.output)
        assert [each["preset"] for each in found] == ["ga4", "satori", "yahoo_japan_ads", "line_tag"]
        assert found[1]["traces"][0]["line"] == 16
    else:
        assert (
            "satori tracking_code=0a1b2c3d4e5f\n  line 16, url: //satori.segs.jp/s.js?c=0a1b2c3d4e5f" in result.output
        )


def test_a_page_without_anything_says_so():
    assert "Nothing of the catalogue" in run("propose", "-", given="<p>hello").output
