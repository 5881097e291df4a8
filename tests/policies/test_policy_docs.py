"""docs/policy.md and the files that we ship say what the code does."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import yaml
from marshmallow import fields

from consent.catalogue import parameters
from consent.merkle.canonical import canonical_bytes
from consent.policies import law, law_lint, lint, register_lint, service, source, translation
from consent.policies.articles import ARTICLES
from consent.policies.document import read, resolve
from consent.policies.findings import errors_among
from consent.policies.schemas import validation
from consent.policies.schemas.fields import IdOr
from consent.policies.schemas.look import DARK, LIGHT
from consent.policies.schemas.policy import PolicySchema

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs/policy.md").read_text("utf-8")
TEN = ["ja", "en", "zh", "zh-tw", "ko", "de", "fr", "es", "pt", "ar"]


def keys(schema, prefix=""):
    """Every path of the document, as the table writes it."""
    for name, field in schema.fields.items():
        path = f"{prefix}{name}"
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            yield from keys(field.inner.schema, f"{path}[].")
        elif isinstance(field, fields.List) and isinstance(field.inner, IdOr) and name == "categories":
            yield path
            yield from keys(field.inner._other, f"{path}[].")
        elif isinstance(field, fields.Nested) and path not in ("theme.light", "theme.dark"):
            yield from keys(field.schema, f"{path}.")
        else:
            yield path


@pytest.mark.parametrize("path", sorted(keys(PolicySchema())))
def test_every_key_is_in_the_table(path):
    rows = [row for row in DOCS.splitlines() if row.startswith("| `")]
    assert any(re.search(rf"`{re.escape(path)}(\.<[^`]*)?`", row.split(" | ")[0]) for row in rows)


_DEFAULT = re.compile(r"^\| `((?:consent|consent_mode|recording|layout|theme)\.[a-z_]+)` \| `([^`]+)` \|", re.M)


@pytest.mark.parametrize(("path", "written"), _DEFAULT.findall(DOCS))
def test_a_default_in_the_table_is_the_default(path, written):
    section, name = path.split(".")
    default = PolicySchema().fields[section].schema.fields[name].load_default
    default = default() if callable(default) else default
    said = f"[{', '.join(default)}]" if isinstance(default, list) else yaml.safe_dump(default).split()[0]
    assert written == said


def test_the_table_states_defaults():
    assert len(_DEFAULT.findall(DOCS)) > 8


def test_the_default_colours_are_in_the_text():
    assert all(f"`{colour}`" in DOCS for colour in (*LIGHT.values(), *DARK.values()))


def codes(module):
    """First arguments of everything that makes a finding."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"Finding", "report", "ParameterProblem"}:
                yield node.args[0].value


MODULES = (lint, law, law_lint, register_lint, service, source, translation, validation, parameters)


def test_every_code_of_a_finding_is_in_the_table():
    found = {code for module in MODULES for code in codes(module)}
    assert {"theme_contrast", "translation_missing", "parameter_missing", "source_malformed", "key_unknown"} <= found
    assert not [code for code in found if f"`{code}`" not in DOCS]


def test_what_findings_rest_on_is_in_a_table_and_of_findings_that_there_are():
    rows = re.findall(r"^\| ([^|]+) \| ((?:`\w+` ?)+) \|$", DOCS.split("What findings rest on")[1], re.M)
    said = {code: article for article, listed in rows for code in re.findall(r"`(\w+)`", listed)}
    assert said == ARTICLES
    assert ARTICLES.keys() <= {code for module in MODULES for code in codes(module)}


def test_the_example_and_the_demo_have_no_errors():
    for path in (ROOT / "consent/policies/example.yaml", ROOT / "demo/policy.yaml"):
        assert errors_among(lint.check(read(path.read_bytes()))) == []


def test_the_demo_speaks_ten_languages_and_has_a_canonical_form():
    document = resolve(read((ROOT / "demo/policy.yaml").read_bytes())).document
    assert document["languages"] == TEN
    assert canonical_bytes(document)
    loaded = {each["id"] for each in document["services"] if each["load"] == "platform"}
    assert loaded == {"meta_pixel", "google_ads", "account_engagement"}
