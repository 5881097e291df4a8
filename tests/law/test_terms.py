"""What may run before a decision, and that the strictest of several is at least as strict as each."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.law.packs import packs
from consent.law.terms import MODELS, SIGNALS, Term, Terms, strictest

NOW = date(2026, 11, 25)
SHIPPED = [pack.terms(NOW) for pack in packs().values()]
terms = st.builds(Term, st.sampled_from(MODELS), st.sampled_from(SIGNALS))


@pytest.mark.parametrize(
    ("model", "signal", "without", "under"),
    [
        ("opt_in", "off", False, False),
        ("opt_in", "ignored", False, False),
        ("exempt_with_opt_out", "off", True, False),
        ("opt_out", "off", True, False),
        ("opt_out", "ignored", True, True),
        ("notice", "off", True, False),
        ("notice", "ignored", True, True),
    ],
)
def test_what_runs_before_a_decision(model, signal, without, under):
    term = Term(model, signal)
    assert (term.runs(signal=False), term.runs(signal=True)) == (without, under)


@given(st.lists(terms, min_size=1, max_size=5))
def test_the_strictest_lets_nothing_run_that_one_of_them_holds_back(found):
    packs = [Terms(str(number), frozenset(), {"ma": term}) for number, term in enumerate(found)]
    together = strictest(packs).categories["ma"]
    for signal in (False, True):
        assert together.runs(signal=signal) <= min(term.runs(signal=signal) for term in found)


@pytest.mark.parametrize("some", [each for size in (2, 3) for each in combinations(SHIPPED, size)])
def test_no_pack_that_ships_is_stricter_than_the_strictest(some):
    together = strictest(some)
    for pack in some:
        for name, term in pack.categories.items():
            for signal in (False, True):
                assert together.categories[name].runs(signal=signal) <= term.runs(signal=signal)


def test_a_pack_is_named_by_its_laxest_model():
    assert {terms.id: terms.model for terms in SHIPPED} == {
        **dict.fromkeys(("jp", "eu", "fr-cnil"), "opt_in"),
        **dict.fromkeys(("us-ca", "us-gpc"), "opt_out"),
        "gb": "exempt",
        "notice_only": "notice",
        "jp-notice": "notice",
    }


@pytest.mark.parametrize(
    ("name", "day", "model"),
    [
        ("gb", date(2026, 2, 28), "opt_in"),  # the day in February is not verified
        ("gb", date(2026, 3, 1), "exempt"),
        ("us-ca", date(2025, 12, 31), "opt_in"),
        ("us-ca", date(2026, 1, 1), "opt_out"),
    ],
)
def test_before_a_version_is_surely_in_force_everything_asks(name, day, model):
    assert packs()[name].terms(day).model == model
