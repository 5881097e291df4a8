"""The facts of a site, as source. The sample that the core's size budget and unit tests stand on is what the server composes."""

import re
from pathlib import Path

import pytest

from consent.banner import facts
from consent.policies.document import read, resolve
from consent.sites import Site

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "banner" / "test" / "facts.js"
VERSION = "3f6a1c0e9b7d4852a1e0c3b5f7d90264c8b1a3e5d7f90b2c4e6a8d0f1b3c5e7a"


def compose(policy, **site):
    columns = {
        "id": 1,
        "key": "kX3v9QpLm2TzR8wB",
        "name": "Sample",
        "origins": (),
        "log_origin": "x",
        "cookie_domain": None,
        **site,
    }
    document = resolve(read(policy)).document
    return facts.compose(Site(**columns), VERSION, 3, document, "9c1e5a7b3d2f4860")


@pytest.fixture(scope="module")
def policy():
    return (HERE / "sample-policy.yaml").read_bytes()


def test_the_sample_of_the_unit_tests_is_what_the_server_composes(policy):
    sample = re.search(r"export const SOURCE =\s+String\.raw`(.*)`;", SAMPLE.read_text("utf-8")).group(1)
    assert sample == compose(policy)


def test_a_star_is_any_run_of_characters_and_every_other_sign_itself():
    assert facts._patterns(["_ga_*", "krt.vis", "a+(b)", "hs-messages-*"]) == (
        '"_ga_.*|krt\\\\.vis|a\\\\+\\\\(b\\\\)|hs-messages-.*"'
    )
    assert facts._patterns([]) == "0"


def test_a_reopen_button_has_its_words_and_a_link_of_the_site_needs_none(policy):
    assert 'l:{"ja":"Cookie設定","en":"Cookie settings"}' in compose(policy)
    assert 'l:{"ja":"","en":""}' in compose(policy + b"layout: {first: bar, position: bottom, reopen: link}\n")


@pytest.mark.parametrize(
    ("behaviour", "consent_mode", "mode", "flags"),
    [
        ("stops", False, "basic", 0),
        ("stops", True, "advanced", facts.LOADS_BEFORE_CONSENT),
        ("needs_reload", False, "basic", facts.NEEDS_RELOAD),
        ("needs_reload", True, "advanced", facts.LOADS_BEFORE_CONSENT | facts.NEEDS_RELOAD),
        ("cookieless", True, "basic", facts.NEEDS_RELOAD),
        ("cookieless", False, "advanced", facts.NEEDS_RELOAD),
        ("cookieless", True, "advanced", facts.LOADS_BEFORE_CONSENT),
        ("stops_storage", False, "basic", facts.NEEDS_RELOAD),
        ("unknown", True, "advanced", facts.LOADS_BEFORE_CONSENT | facts.NEEDS_RELOAD),
    ],
)
def test_what_a_revocation_does_not_stop_is_left_behind_by_a_reload(behaviour, consent_mode, mode, flags):
    service = {"revoke_behaviour": behaviour, "consent_mode": consent_mode, "loads_others": False}
    assert facts._flags(service, {"consent_mode": {"mode": mode}}) == flags


def test_what_a_tag_has_brought_with_it_is_left_behind_by_a_reload():
    service = {"revoke_behaviour": "stops", "consent_mode": False, "loads_others": True}
    assert facts._flags(service, {"consent_mode": {"mode": "basic"}}) == facts.NEEDS_RELOAD
