"""Region × signal × category → what runs before a decision, for every pack, computed by the program from the data.

tests/browser/test_law_table.py asks the built script the same, with what is stored.
"""

import pytest

from consent.law.choosing import choose
from consent.law.packs import packs
from consent.policies import law
from tests.law.table import CATEGORIES, SIGNALS, SITES, TABLE, document, expected

WORLD = tuple(TABLE)


def running(document, terms, signal):
    return {name for name in law.runs(document, terms, signal=SIGNALS[signal]) if name in CATEGORIES}


def test_every_pack_has_its_row():
    assert set(TABLE) == set(packs())


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("pack", TABLE)
def test_what_runs_in_each_region_of_a_pack(pack, signal):
    made = document([each for each in WORLD if (each, pack) != ("jp", "jp-notice")])  # of both, jp would hold
    for region in packs()[pack].regions:
        terms = choose(law.laws(made), region).terms
        row = TABLE[terms.id]
        assert terms.id == pack or pack == "eu", "France has the CNIL's"
        assert running(made, terms, signal) == expected(row, signal=signal, stored="nothing")


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("region", [None, "US"])
@pytest.mark.parametrize("site", SITES)
def test_what_runs_where_the_region_is_unknown(site, region, signal):
    made = document(site)
    region = region if any(name.startswith("US-") for pack in site for name in packs()[pack].regions) else None
    found = running(made, choose(law.laws(made), region).terms, signal)
    assert found == expected(SITES[site], signal=signal, stored="nothing")
    for pack in site:
        assert found <= expected(TABLE[pack], signal=signal, stored="nothing"), "laxer than one of its packs"


@pytest.mark.parametrize("pack", TABLE)
def test_a_site_with_one_pack_has_it_everywhere(pack):
    made = document([pack])
    laws = law.laws(made)
    if pack == "jp":
        assert laws is None
        return
    for region in (None, "JP", "US", "US-CA", "DE"):
        terms = choose(laws, region).terms
        assert running(made, terms, "absent") == expected(TABLE[pack], signal="absent", stored="nothing")
