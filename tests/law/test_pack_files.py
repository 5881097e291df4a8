"""The packs keep what docs/law.md promises."""

import copy
import json
from datetime import date, timedelta

import pytest
from jsonschema import Draft202012Validator

from consent import own_data
from consent.catalogue.presets import CATEGORIES, CONFIDENCES
from consent.law.packs import ROOT, packs
from consent.law.region import is_code
from consent.law.terms import MODELS, SIGNALS

VALIDATOR = Draft202012Validator(json.loads((ROOT / "pack.schema.json").read_text("utf-8")))
FILES = own_data.read_folder(ROOT / "packs")
PROMISED = {"jp", "jp-notice", "eu", "fr-cnil", "gb", "us-ca", "us-gpc", "notice_only"}


def wrong(row):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(row)]


def test_the_promised_packs_are_there():
    assert set(FILES) == PROMISED


def test_the_schema_is_a_schema_and_knows_the_words_of_the_program():
    Draft202012Validator.check_schema(VALIDATOR.schema)
    known = VALIDATOR.schema["$defs"]
    assert set(known["term"]["properties"]["model"]["enum"]) == set(MODELS)
    assert set(known["term"]["properties"]["signal"]["enum"]) == set(SIGNALS)
    assert set(known["version"]["properties"]["categories"]["properties"]) == set(CATEGORIES) - {"necessary"}
    assert set(known["fact"]["properties"]["confidence"]["enum"]) == set(CONFIDENCES)


@pytest.mark.parametrize("name", FILES)
def test_a_pack_file_fits_the_schema_and_is_named_by_its_id(name):
    assert wrong(FILES[name]) == []
    assert FILES[name]["id"] == name
    assert all(is_code(region) for region in FILES[name]["regions"])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda row: row.update(colour="red"), "colour"),
        (lambda row: row.update(id="strictest"), "$.id"),
        (lambda row: row.update(regions=["us-ca"]), "regions"),
        (lambda row: row["name"].pop("ja"), "name"),
        (lambda row: row["versions"][0].pop("categories"), "categories"),
        (lambda row: row["versions"][0]["categories"].pop("ma"), "ma"),
        (lambda row: row["versions"][0]["categories"]["ma"].update(model="implied"), "model"),
        (lambda row: row["versions"][0]["categories"]["ma"].update(model="opt_in", signal="ignored"), "signal"),
        (lambda row: row["versions"][0]["facts"][0].update(confidence="sure"), "confidence"),
        (lambda row: row["versions"][0]["facts"][0].pop("article"), "article"),
        (lambda row: row["versions"][0].update(in_force_from="2026"), "in_force_from"),
    ],
)
def test_a_wrong_pack_is_refused(change, where):
    row = copy.deepcopy(FILES["us-ca"])
    change(row)
    assert any(where in each for each in wrong(row)), wrong(row)


@pytest.mark.parametrize("name", FILES)
def test_at_no_day_are_two_versions_in_force(name):
    versions = packs()[name].versions
    for day in (date(2020, 1, 1) + timedelta(days=7 * week) for week in range(600)):
        assert sum(version.holds(day) for version in versions) <= 1


@pytest.mark.parametrize("name", sorted(PROMISED - {"notice_only"}))
def test_every_law_has_facts_with_an_article(name):
    for version in packs()[name].versions:
        assert version.facts


def test_the_default_never_lets_anything_run_before_a_decision_whatever_the_law_becomes():
    for version in packs()["jp"].versions:
        assert all(term.model == "opt_in" for term in version.categories.values())


def test_the_japanese_amendment_is_there_and_does_not_apply():
    (coming,) = [each for each in packs()["jp"].versions if each.status == "enacted_not_in_force"]
    assert "2026-07-10" in coming.facts[0].says["en"]
    assert not coming.categories
    assert not any(coming.holds(date(year, 1, 1)) for year in range(2020, 2040))


def test_a_proposal_does_not_apply():
    (coming,) = [each for each in packs()["eu"].versions if each.status == "proposal"]
    assert not coming.holds(date(2030, 1, 1))
