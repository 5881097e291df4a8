"""Which pack applies where."""

from datetime import date

import pytest

from consent.law.choosing import Laws, choose
from consent.law.packs import packs


def laws(*names, default=None):
    return Laws(tuple(packs()[name].terms(date(2026, 11, 25)) for name in names), default)


WORLD = ("jp", "eu", "fr-cnil", "gb", "us-ca", "us-gpc", "notice_only")


@pytest.mark.parametrize(
    ("region", "pack", "why"),
    [
        ("JP", "jp", "region"),
        ("JP-13", "jp", "region"),
        ("DE", "eu", "region"),
        ("FR", "fr-cnil", "region"),  # of two that name it, the smaller place's
        ("RE", "fr-cnil", "region"),
        ("GB-SCT", "gb", "region"),
        ("US-CA", "us-ca", "region"),
        ("US-TX", "us-gpc", "region"),
        ("US-NV", "notice_only", "default"),
        ("BR", "notice_only", "default"),
        ("US", "strictest", "ambiguous"),  # perhaps California
        (None, "strictest", "unknown"),
    ],
)
def test_a_region_has_its_pack(region, pack, why):
    found = choose(laws(*WORLD, default="notice_only"), region)
    assert (found.terms.id, found.why) == (pack, why)


def test_without_a_default_a_region_that_nobody_names_has_the_strictest():
    found = choose(laws("us-ca", "notice_only"), "BR")
    assert (found.terms.id, found.why, found.terms.model) == ("strictest", "unlisted", "opt_out")


@pytest.mark.parametrize("region", [None, "JP", "US", "BR"])
def test_the_only_pack_is_for_everybody(region):
    assert choose(laws("us-ca"), region).why == "only"
    assert choose(laws("us-ca"), region).terms.id == "us-ca"


@pytest.mark.parametrize("default", [None, *WORLD])
@pytest.mark.parametrize("region", [None, "US"])
def test_an_unknown_region_is_never_laxer_than_any_pack_of_the_site(default, region):
    site = laws(*WORLD, default=default)
    found = choose(site, region).terms
    for terms in site.packs:
        for name, term in terms.categories.items():
            assert not any(
                found.categories[name].runs(signal=each) and not term.runs(signal=each) for each in (False, True)
            )


def test_of_two_packs_for_the_same_place_what_asks_first_holds():
    for names in (("jp", "jp-notice"), ("jp-notice", "jp")):
        assert choose(laws(*names, "us-ca"), "JP").terms.id == "jp"
    assert choose(laws("jp-notice", "us-ca"), "JP").terms.id == "jp-notice"


def test_a_name_from_an_old_address_is_the_strictest():
    assert laws("jp", "us-ca").named("gone").id == "strictest"
    assert laws("jp", "us-ca").named("us-ca").id == "us-ca"
