"""What a finding says: for every code and case there are words in each language, and nothing is left unsaid in them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from marshmallow import Schema, fields

from consent.law.packs import Months, Version, packs
from consent.notices import consistency
from consent.plain_pages.words import in_language
from consent.policies import findings, law_lint, lint, locales, register_lint
from consent.policies.document import read
from consent.policies.findings import Finding, PolicyRefused
from consent.policies.schemas import validation
from consent.policies.schemas.fields import IdOr
from consent.policies.schemas.policy import PolicySchema
from tests.policies.policy import source
from tests.policies.wrong import texts

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def cases(language):
    """{(code, case): its sentences}"""
    return {
        (code, case): sentences
        for code, found in findings.sentences(language).items()
        for case, sentences in ({"": found} if "message" in found else found).items()
        if case != "title"
    }


def look(text):
    try:
        return lint.check(read(text))
    except PolicyRefused as refusal:
        return refusal.findings


@pytest.fixture(scope="module")
def everything():
    """A finding of each kind that a policy can have."""
    with time_machine.travel(datetime(2026, 2, 10, tzinfo=UTC), tick=False):
        found = [each for text in texts() for each in look(text)]
    found += [each for text in texts() for each in look(text)]
    pack, version = packs()["fr-cnil"], packs()["fr-cnil"].versions[0]
    strict = Version(**{**version.__dict__, "longest": Months(6, True)})
    return [*found, *law_lint._lifetime(source(consent={"lifetime_days": 400}), pack, strict)]


def elsewhere():
    """Codes that need more than a policy to be found: the text of the site, and its registers."""
    notices = re.findall(r'"(notice_[a-z_]+)"', Path(consistency.__file__).read_text("utf-8"))
    registers = re.findall(r'Finding\("([a-z_]+)"', Path(register_lint.__file__).read_text("utf-8"))
    assert notices
    assert registers
    return {*notices, *registers}


def test_every_language_has_the_same_codes_and_cases():
    assert cases("en").keys() == cases("ja").keys()
    assert findings.sentences("en").keys() == findings.sentences("ja").keys()


def test_every_code_and_case_can_be_found_and_has_words(everything):
    found = {(each.code, each.case) for each in everything} | {(code, "") for code in elsewhere()}
    assert found == cases("en").keys()


def test_every_sentence_is_whole_and_in_its_language():
    for key, said in cases("ja").items():
        title = findings.sentences("ja")[key[0]]["title"]
        assert all(JAPANESE.search(each) for each in (title, said["message"], said["fix"])), key
        assert re.search("[。」）}]$", said["message"]), key
        assert re.search("[。}]$", said["fix"]), key
    for key, said in cases("en").items():
        assert re.search("[.”}]$", said["message"]), key
        assert re.search("[.}]$", said["fix"]), key


def test_no_place_in_a_sentence_stays_empty(everything):
    others = [Finding(code, "", {"about": "x", "quote": "y", "day": "2026-01-31"}) for code in elsewhere()]
    for each in [*everything, *others]:
        for language in ("en", "ja"):
            said = cases(language)[each.code, each.case]
            assert locales.placeholders(said["message"] + said["fix"]) <= each.parts.keys(), each


def test_a_list_and_a_name_are_written_as_the_language_writes_them():
    (japanese, english) = (
        Finding("layout_position", "", {"first": "bar", "position": "x", "allowed": ("top", "bottom")})
        .said(language)
        .fix
        for language in ("ja", "en")
    )
    assert "top、bottom" in japanese
    assert "top, bottom" in english
    law = Finding("law_advanced", "", {"law": packs()["eu"].name})
    assert law.said("ja").message.startswith("EU・EEA")
    assert law.said("en").message.startswith("EU and EEA")


def test_what_somebody_wrote_cannot_steer_a_terminal():
    said = Finding("id_duplicate", "", {"id": "\x1b[2J\u202e"}).said()
    assert said.message == "'\\x1b[2J\\u202e' stands there twice."


def every_field(schema):
    """With the fields inside: members of lists, keys and values of maps, and sections."""
    pending = list(schema.fields.values())
    while pending:
        field = pending.pop()
        yield field
        inner = (getattr(field, name, None) for name in ("inner", "key_field", "value_field", "_one", "_map", "_other"))
        pending += [each for each in inner if isinstance(each, fields.Field)]
        nested = getattr(field, "_other", None) if isinstance(field, IdOr) else getattr(field, "schema", None)
        pending += nested.fields.values() if isinstance(nested, Schema) else ()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_visitors_are_said_to_read_is_what_they_read(language):
    read_by_visitors = in_language(language, "disclosure")["unverified"]
    assert read_by_visitors in cases(language)["cookies_unknown", ""]["message"]


def test_whatever_the_schema_refuses_has_words():
    """Also what no policy of these tests has wrong, and what another Marshmallow may say."""
    known = {case for code, case in cases("en") if code == "value_invalid"}
    for field in every_field(PolicySchema()):
        stock = {text for key, text in field.error_messages.items() if key not in ("required", "validator_failed")}
        ours = {validator.error for validator in field.validators}
        assert stock - {"Not a valid utf-8 string."} <= validation._CASES.keys(), field
        assert {text.partition("|")[0] for text in ours} <= known, field
    assert set(validation._CASES.values()) <= known
