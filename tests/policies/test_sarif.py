"""`consent policy check --format sarif`: findings beside the lines of the policy's file."""

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from consent.policies.articles import ARTICLES
from consent.policies.cli import policy
from consent.policies.findings import Finding
from consent.policies.places import Places

# What the OASIS schema of 2.1.0 says of the members we use: these alone, and these required.
TEXT = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"]}


def closed(required, **properties):
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def many(item):
    return {"type": "array", "items": item}


STRING = {"type": "string"}
ARTIFACT = closed(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9._~:/%-]+$"})
PHYSICAL = closed(
    ["artifactLocation"],
    artifactLocation=ARTIFACT,
    region=closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
)
LOCATION = closed([], physicalLocation=PHYSICAL, logicalLocations=many(closed([], fullyQualifiedName=STRING)))
RESULT = closed(
    ["message"],
    ruleId=STRING,
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations=many(LOCATION),
)
DRIVER = closed(["name"], name=STRING, rules=many(closed(["id"], id=STRING, shortDescription=TEXT, help=TEXT)))
RUN = closed(["tool"], tool=closed(["driver"], driver=DRIVER), results=many(RESULT))
SARIF = Draft202012Validator(
    closed(["version", "runs"], **{"$schema": STRING}, version={"const": "2.1.0"}, runs=many(RUN))
)

POLICY = """\
schema: 1
controller: {name: {ja: 見本, en: Sample}}
privacy_policy: {url: "https://example.com/privacy", version: "1"}
languages: [ja, en, zh-TW]
categories: [necessary, functional, analytics, ma]
services:
  - id: ga4
    preset: ga4
    provision: {type: direct_acquisition}
    parameters:
      measurement_id: "123"
  - {id: satori, preset: satori, provision: {type: entrustment},
     parameters: {code: 0123456789abcdef}}
texts:
  zh-TW:
    title: ""
layout:
  buttons: [accept, settings]
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Runs the command where the file lies; returns the one run of the report, which fits SARIF, and the exit code."""
    monkeypatch.chdir(tmp_path)

    def go(text, name="policy.yaml", *, given=None):
        (tmp_path / name).write_text(text, encoding="utf-8")
        result = CliRunner().invoke(policy, ["check", "--format", "sarif", given or name], input=text)
        report = json.loads(result.output)
        assert [error.message for error in SARIF.iter_errors(report)] == []
        return report["runs"][0], result.exit_code

    return go


def lines(run):
    return {each["ruleId"]: each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]}


def test_each_finding_stands_at_its_line_with_its_level(check):
    run, code = check(POLICY)
    assert code == 1
    found = lines(run)
    assert found["parameter_invalid"] == 11
    assert found["text_empty"] == 16
    assert found["refusal_weaker"] == 18
    assert found["cookies_unknown"] == 12  # the service is written in a list, the finding names it by its id
    assert found["category_empty"] == 5
    levels = {each["ruleId"]: each["level"] for each in run["results"]}
    assert (levels["refusal_weaker"], levels["cookies_unknown"]) == ("error", "warning")


def test_a_rule_says_what_to_do_and_what_it_rests_on(check):
    run, _ = check(POLICY)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    (text,) = (rule["help"]["text"] for rule in rules if rule["id"] == "refusal_weaker")
    assert text == f"Write buttons: [reject, accept, settings].\nRests on {ARTICLES['refusal_weaker']}."
    (text,) = (rule["help"]["text"] for rule in rules if rule["id"] == "parameter_invalid")
    assert text == "Write it as in G-ABC1234567"
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_policy_without_findings_is_a_run_without_results(check):
    sample = CliRunner().invoke(policy, ["init"]).output
    run, code = check(sample)
    assert (code, run["results"], run["tool"]["driver"]["rules"]) == (0, [], [])


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("policy.yaml", "schema: 1\nlanguages: [ja\n", 3),
        ("policy.yaml", "schema: 1\n\nschema: 1\n", 3),
        ("policy.yaml", "schema: 1\nlanguages: &a [ja]\nx: *a\n", 3),
        ("policy.json", '{"schema": 1,\n "languages": [ja]}', 2),
        ("policy.json", '{\n "schema": 1,\n "colour": "red"}', 3),
    ],
)
def test_a_file_that_cannot_be_read_says_in_which_line(check, name, text, line):
    run, code = check(text, name)
    assert code == 1
    assert line in lines(run).values()


def test_a_finding_about_the_whole_file_has_no_line(check):
    run, _ = check("- a list\n")
    (only,) = run["results"]
    assert only["ruleId"] == "source_malformed"
    assert only["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "policy.yaml"}}}]


def test_the_address_is_relative_to_where_the_command_runs_and_encoded(check, tmp_path):
    run, _ = check(POLICY, "方針 1.yaml", given=str(tmp_path / "方針 1.yaml"))
    (address,) = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert address == "%E6%96%B9%E9%87%9D%201.yaml"


def test_standard_input_is_no_file_to_point_at(check):
    run, _ = check(POLICY, given="-")
    assert {"parameter_invalid", "refusal_weaker"} <= {each["ruleId"] for each in run["results"]}
    assert not any("physicalLocation" in each["locations"][0] for each in run["results"])


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services.0.cookies.4.name", 7),  # is not there: the service around it
        ("services.consent.cookies", 6),  # our own, which no file names
        ("services.ga4.preset", 8),
        ("categories.ma.name", 5),
        ("theme.light.text", 1),
        ("schema.deeper", 1),
    ],
)
def test_what_is_not_in_the_file_stands_at_the_nearest_thing_around_it(path, line):
    assert Places(POLICY.encode()).line(Finding("x", path)) == line


def test_what_no_line_can_be_given_for_has_none():
    assert Places(b"\xff").line(Finding("x", "schema")) is None
    assert Places(POLICY.encode()).line(Finding("x", "")) is None
