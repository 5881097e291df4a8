"""The user interface comes in two parts, and each carries what its own source reads, no more and no less."""

import json
import re
from pathlib import Path

import pytest

from consent.banner import texts
from consent.phrases import MAY_BREAK
from consent.policies import wording
from consent.policies.document import read, resolve
from tests.people import example_policy

BANNER = Path(__file__).parents[2] / "banner"
SOURCE = BANNER / "src" / "ui"
ENTRIES = {"first": "main.js", "second": "second.js"}


def modules_of(entry):
    """The entry and every module that it imports, itself or through others."""
    found, waiting = {}, [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = (SOURCE / name).read_text("utf-8")
            waiting += re.findall(r'from "\./(\w+\.js)"', found[name])
    return found


def keys_of(entry):
    return {key for source in modules_of(entry).values() for key in re.findall(r"\bt\.([a-z_]+)\b", source)}


def members(value):
    """Names of members, as far down as they go: of `{a: [{b: 1}]}` they are `a` and `a.b`."""
    each = [("", member) for member in value] if isinstance(value, list) else list(getattr(value, "items", tuple)())
    deeper = {f"{name}.{more}".strip(".") for name, member in each for more in members(member)}
    return {name for name, _ in each if name} | deeper


@pytest.fixture(scope="module")
def words():
    policy = example_policy().replace(
        b"load: platform,", b"load: platform, acquires_as_personal_data: {items: [cookie_id]},", 1
    )
    return wording.compose(resolve(read(policy)).document, "ja", "https://consent.example.com/settings/example?lang=ja")


def test_each_part_has_exactly_the_texts_that_its_source_reads():
    assert set(texts.FIRST) == keys_of(ENTRIES["first"])
    assert set(texts.SECOND) == keys_of(ENTRIES["second"]) - set(texts.FIRST)


def test_a_text_that_nobody_reads_or_nobody_sends_would_be_found():
    assert "saved" in keys_of(ENTRIES["first"])
    assert "cookie_name" not in keys_of(ENTRIES["first"]) | keys_of(ENTRIES["second"])


def test_the_first_part_holds_nothing_of_the_second_layer(words):
    part = texts.first(words)
    assert members(part["categories"]) == {"id", "name"}
    assert members(part["services"]) == {"id", "name", "acquires"}
    own = {"purposes", "privacy_policy", "layout", "theme", "categories", "services"}
    assert part.keys() == {"lang", "dir", "t"} | own
    assert part["purposes"].endswith("広告")


def test_the_second_part_repeats_no_text_of_the_first(words):
    first, second = texts.first(words), texts.second(words)
    assert second.keys() == {"t", "categories", "services", "settings_url"}
    assert not first["t"].keys() & second["t"].keys()


def test_the_sentence_about_personal_data_is_in_both_parts(words):
    whole = next(service for service in words["services"] if service["acquires"])
    for part in (texts.first(words), texts.second(words)):
        service = next(each for each in part["services"] if each["id"] == whole["id"])
        assert service["acquires"].replace(MAY_BREAK, "") == whole["acquires"]["text"]


def test_what_says_nothing_is_left_out(words):
    for part in (texts.first(words), texts.second(words)):
        assert not re.search(r":(null|false|\"\")", json.dumps(part, separators=(",", ":")))


def service_with(words, **changes):
    return {"services": [{**words["services"][1], **changes}]}


def test_no_cookies_is_told_from_cookies_that_nobody_has_verified(words):
    assert texts.second({**words, **service_with(words, cookies=[])})["services"][0]["cookies"] == []
    assert "cookies" not in texts.second({**words, **service_with(words, cookies=None)})["services"][0]


@pytest.mark.parametrize(
    ("lifetime", "confidence", "said"),
    [("2 年", "unverified", True), ("2 年", "verified", None), (None, "unverified", None)],
)
def test_a_lifetime_that_nobody_has_verified_says_so(words, lifetime, confidence, said):
    cookie = {"name": "x", "domain": None, "lifetime": lifetime, "purpose": None, "confidence": confidence}
    (service,) = texts.second({**words, **service_with(words, cookies=[cookie])})["services"]
    assert service["cookies"][0].get("unverified") is said
