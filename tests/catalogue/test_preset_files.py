"""The data files of the catalogue keep what docs/catalogue.md promises."""

import copy
import json
import re
from fnmatch import fnmatchcase
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from consent.catalogue import texts
from consent.catalogue.parameters import fill_hosts, fill_steps
from consent.catalogue.presets import PROVISION_TYPES, presets
from consent.catalogue.provision import reasons
from consent.catalogue.vendors import vendors
from consent.own_data import read, read_folder

ROOT = files("consent.catalogue")
VALIDATOR = Draft202012Validator(json.loads((ROOT / "preset.schema.json").read_text("utf-8")))
FILES = read_folder(ROOT / "presets")
LANGUAGES = {"ja", "en", "zh", "zh-tw", "ko", "de", "fr", "es", "pt", "ar"}
PROMISED = {
    *("ga4", "gtm", "google_ads", "google_search_console", "marketo", "hubspot", "account_engagement", "satori"),
    *("meta_pixel", "youtube", "custom_script", "custom_iframe"),
}


def wrong(row):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(row)]


def test_the_promised_presets_are_there():
    assert len(FILES) >= 60
    assert set(FILES) >= PROMISED
    assert {row["category"] for row in FILES.values()} >= {"functional", "analytics", "ma", "advertising"}


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("name", FILES)
def test_a_preset_file_fits_the_schema_and_is_named_by_its_id(name):
    assert wrong(FILES[name]) == []
    assert FILES[name]["id"] == name


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda row: row.update(colour="red"), "colour"),
        (lambda row: row.pop("storage_known"), "storage_known"),
        (lambda row: row["sweep"]["cookies"].append("*"), "sweep"),
        (lambda row: row["storage"][0].update(source=None), "source"),
        (lambda row: row["storage"][0].update(confidence="unverified"), "lifetime_s"),
        (lambda row: row["revoke"].append({"script": {"src": "https://example.com/x.js"}}), "revoke"),
        (lambda row: row["load"].append({"script": {"src": "http://example.com/x.js"}}), "load"),
        (lambda row: row["load"].append({"eval": {"code": "alert(1)"}}), "load"),
        (lambda row: row["load"].append({"call": {"name": "a(1);b", "args": []}}), "load"),
        (lambda row: row["parameters"][0].update(secret=True), "secret"),
        (lambda row: row["provision"].append({"type": "entrusted", "reason": "on_behalf"}), "provision"),
        (lambda row: row["match"].update(cookies=["_ga"]), "match"),
        (lambda row: row["match"]["hosts"].append("*"), "match"),
        (lambda row: row["facts"].pop("hosts"), "facts"),
        (lambda row: row["revoke"].append({"new": {"name": "A", "into": "b", "options": {}, "queue": "q"}}), "revoke"),
        (lambda row: row["load"].append({"push": {"queue": "q", "value": 1, "values": [1, 2]}}), "load"),
        (lambda row: row["load"].append({"stub": {"name": "f", "methods": ["a"], "queue": "q"}}), "load"),
    ],
)
def test_a_wrong_preset_is_refused(change, where):
    row = copy.deepcopy(FILES["ga4"])
    change(row)
    assert any(where in message for message in wrong(row))


@pytest.mark.parametrize("preset", presets().values(), ids=lambda each: each.id)
class TestPreset:
    def test_it_refers_to_texts_and_vendors_that_exist(self, preset):
        assert set(preset.sends) <= texts.known("items")
        assert {row.purpose for row in preset.storage} - {None} <= texts.known("storage")
        assert {preset.purpose} - {None} <= texts.known("purposes")
        assert {preset.their_purpose} - {None} <= texts.known("their_purposes")
        assert {preset.vendor} - {None} <= vendors().keys()
        assert {hint.reason for hint in preset.provision} <= reasons().keys()

    def test_it_hints_at_the_law_and_is_found_by_something(self, preset):
        """Whoever has no name of its own is for what the catalogue does not know; Kairos3's tag nobody has seen."""
        matched = [*preset.match.hosts, *preset.match.urls, *preset.match.code, *preset.match.meta]
        assert bool(preset.provision) == (preset.name is not None)
        assert bool(matched) == (preset.name is not None and preset.id != "kairos3")

    def test_its_examples_fit_its_patterns(self, preset):
        for parameter in preset.parameters:
            assert re.fullmatch(parameter.pattern, parameter.example)

    def test_its_placeholders_are_its_parameters(self, preset):
        given = {each.name: each.example for each in preset.parameters}
        steps = [*preset.load, *preset.grant, *preset.revoke]
        assert "{" not in json.dumps(fill_steps(steps, given)).replace('{"', "").replace("{}", "")
        assert not any("{" in host for host in fill_hosts(preset.hosts, given))

    def test_its_script_comes_from_a_host_that_it_names(self, preset):
        given = {each.name: each.example for each in preset.parameters}
        hosts = fill_hosts(preset.hosts, given)
        for step in fill_steps(preset.load, given):
            if "script" in step:
                (source,) = fill_hosts([step["script"]["src"]], {})
                assert any(fnmatchcase(source, host) for host in hosts)

    def test_what_stops_hears_of_it_even_before_its_script_is_there(self, preset):
        """A queue hands the revocation over; what starts after its script has run would start although it was revoked."""
        starts_later = any(step.get("script", {}).get("then") for step in preset.load)
        assert not (starts_later and preset.revoke_behaviour == "stops")

    def test_what_it_keeps_on_the_site_is_deleted_on_refusal(self, preset):
        kept = preset.sweep.storage
        patterns = {"cookie": preset.sweep.cookies, "local_storage": kept, "session_storage": kept}
        for row in preset.storage:
            if row.domain is None and row.purpose != "opt_out":
                assert any(fnmatchcase(row.name, pattern) for pattern in patterns[row.kind]), row.name

    def test_sweeping_it_leaves_our_own_cookie_alone(self, preset):
        assert not any(fnmatchcase("consent", pattern) for pattern in preset.sweep.cookies)


def test_presets_do_not_sweep_each_others_cookies():
    """A refused service must not delete what a granted one has set. What both declare stays while one is granted:
    `refused` in banner/src/policy.js."""
    for one in presets().values():
        own = {row.name for row in one.storage}
        for other in presets().values():
            names = {row.name for row in other.storage if row.domain is None and row.kind == "cookie"} - own
            if one is not other:
                assert not [name for name in names if any(fnmatchcase(name, each) for each in one.sweep.cookies)]


def test_satori_ships_without_a_made_up_cookie_list():
    assert (presets()["satori"].storage, presets()["satori"].storage_known) == ([], False)


def test_no_unverified_row_has_a_lifetime():
    rows = [row for preset in presets().values() for row in preset.storage]
    assert rows
    assert not [row.name for row in rows if row.confidence == "unverified" and row.lifetime_s is not None]


def test_search_console_has_no_tag_and_sends_nothing():
    preset = presets()["google_search_console"]
    assert (preset.no_tag, list(preset.sends), list(preset.load)) == (True, [], [])


def test_the_texts_speak_every_language():
    assert set(texts.text("purposes", "analytics")) == LANGUAGES


@pytest.mark.parametrize("name", read_folder(ROOT / "texts"))
def test_a_language_has_every_text_and_no_other(name):
    reference, content = read_folder(ROOT / "texts")["en"], read_folder(ROOT / "texts")[name]
    assert {kind: set(content[kind]) for kind in content} == {kind: set(reference[kind]) for kind in reference}
    assert set(content) == set(texts.KINDS)
    assert all(isinstance(text, str) and text.strip() for kind in content.values() for text in kind.values())


@pytest.mark.parametrize("name", sorted(set(read_folder(ROOT / "texts")) - {"en"}))
def test_nothing_is_left_in_english(name):
    reference, content = read_folder(ROOT / "texts")["en"], read_folder(ROOT / "texts")[name]
    assert not [(kind, key) for kind in content for key in content[kind] if content[kind][key] == reference[kind][key]]


@pytest.mark.parametrize("key", sorted(texts.known("purposes")))
def test_a_purpose_uses_no_jargon(key):
    """The external-transmission rule asks for plain words."""
    jargon = re.compile(
        r"\b(script|tag|pixel|tracking|remarketing|conversion|SDK|API)\b|タグ|トラッキング|コンバージョン", re.I
    )
    for language in ("ja", "en"):
        assert not jargon.search(texts.text("purposes", key)[language])


def test_the_schema_knows_the_types_of_provision_and_each_reason_is_said_in_both_languages():
    assert VALIDATOR.schema["$defs"]["provision"]["properties"]["type"]["enum"] == list(PROVISION_TYPES)
    assert all(set(words) == {"ja", "en"} for words in reasons().values())
    used = {hint.reason for preset in presets().values() for hint in preset.provision}
    assert used == reasons().keys()


def test_vendors_name_a_legal_entity_and_invent_nothing():
    for vendor in vendors().values():
        assert re.fullmatch(r"[A-Z]{2}", vendor.country)
        assert vendor.confidence in {"verified", "secondary", "observed", "unverified"}
        for url in (vendor.policy_url, vendor.opt_out_url):
            assert url is None or url.startswith("https://")
    assert (vendors()["satori"].address, vendors()["satori"].policy_url) == (None, None)
    assert read(ROOT / "vendors.yaml").keys() == vendors().keys()
