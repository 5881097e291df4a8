"""Entries of both registers are appended, never changed, and each is in the site's log."""

import dataclasses
from datetime import date

import pytest

from consent.db import db
from consent.merkle.canonical import canonical_bytes, digest
from consent.registers import confirmations, transfers
from consent.registers.entries import EntryCorrected, EntryUnknown, holding
from consent.registers.reading import RegisterInvalid

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def kept(register, site):
    with db.engine.connect() as connection:
        return register.of_site(connection, site.id)


@pytest.mark.parametrize("register", [transfers, confirmations])
def test_an_entry_is_kept_as_it_was_typed_and_the_log_has_its_hash_and_no_persons_name(
    site, other_site, add_transfer, add_confirmation, told, register
):
    made = add_transfer() if register is transfers else add_confirmation()
    assert kept(register, site) == [made]
    assert kept(register, other_site) == []
    ((what, details),) = told()
    content = {
        name: value
        for name, value in dataclasses.asdict(made).items()
        if name not in ("id", "sha256", "added_ms", "held_ms")
    }
    assert made.sha256 == digest(canonical_bytes(content)) == details["sha256"]
    assert what == ("transfer_checked" if register is transfers else "consent_confirmed")
    assert details["service"] == made.service_id
    assert "山田" not in str(details)


def test_a_correction_is_a_new_entry_that_names_the_old_one(site, other_site, add_confirmation, told):
    old = add_confirmation()
    new = add_confirmation(corrects=old.id, address="1 Hacker Way")
    assert kept(confirmations, site) == [new, old]
    assert holding(kept(confirmations, site)) == [new]
    assert told()[-1][1]["corrects"] == old.id
    with pytest.raises(EntryCorrected):
        add_confirmation(corrects=old.id)
    with pytest.raises(EntryUnknown):
        add_confirmation(corrects=new.id, of=other_site)
    assert len(kept(confirmations, site)) == 2


TRANSFERS_WRONG = (
    ({"service_id": ""}, {"service_id": "missing"}),
    ({"service_id": "<b>"}, {"service_id": "service_unknown"}),
    ({"recipient": "x" * 201}, {"recipient": "too_long"}),
    ({"recipient": "a\0b"}, {"recipient": "unreadable"}),
    ({"country": "JP"}, {"country": "not_abroad"}),
    ({"country": "XX"}, {"country": "country_unknown"}),
    ({"country": "US", "basis": "recognised"}, {"country": "not_recognised"}),
    ({"basis": "habit"}, {"basis": "unknown"}),
    ({"system": " "}, {"system": "missing"}),
    ({"system_source": "javascript://x/%0aalert(1)"}, {"system_source": "no_address"}),
    ({"system_source": "https:///nowhere"}, {"system_source": "no_address"}),
    ({"checked_on": "2026-02-30"}, {"checked_on": "no_day"}),
    ({"checked_on": "0001-01-01"}, {"checked_on": "no_day"}),
    ({"checked_on": "2199-01-01"}, {"checked_on": "in_future"}),
    ({"checked_on": "", "checked_by": ""}, {"checked_on": "missing", "checked_by": "missing"}),
)


@ON_SQLITE
def test_what_does_not_fit_is_refused_field_by_field(site, add_transfer, told):
    for changes, wrong in TRANSFERS_WRONG:
        with pytest.raises(RegisterInvalid) as refused:
            add_transfer(**changes)
        assert refused.value.wrong == wrong
    assert (kept(transfers, site), told()) == ([], [])


CONFIRMATIONS_WRONG = (
    ({"provided_until": "2026-04-01"}, {"provided_until": "ends_before"}),
    ({"provided_until": "2199-01-01"}, {"provided_until": "in_future"}),
    ({"method": "hearsay"}, {"method": "unknown"}),
    ({"informed_abroad": ""}, {"informed_abroad": "missing"}),
    ({"evidence": ""}, {"evidence": "missing"}),
)


@ON_SQLITE
def test_a_confirmation_that_lacks_what_the_law_asks_for_is_refused(site, add_confirmation):
    for changes, wrong in CONFIRMATIONS_WRONG:
        with pytest.raises(RegisterInvalid) as refused:
            add_confirmation(**changes)
        assert refused.value.wrong == wrong
    assert kept(confirmations, site) == []


@ON_SQLITE
def test_nothing_but_the_fields_of_the_register_is_taken_over(add_transfer):
    made = add_transfer(due_on="2999-01-01", held_ms="1", sha256="0" * 64, site_id="99", id="99")
    assert made.due_on != "2999-01-01"
    assert (made.id, made.held_ms) == (1, None)
    assert made.sha256 != "0" * 64


@ON_SQLITE
def test_a_recognised_country_needs_no_text_and_no_check(add_transfer):
    made = add_transfer(country="de", basis="recognised", system="", system_source="", system_on="", measures="")
    assert (made.country, made.due_on) == ("DE", None)
    assert made.standing(date(2099, 1, 1)) == transfers.GOOD


def test_the_recognised_countries_are_the_eea_and_the_united_kingdom():
    assert len(transfers.recognised()) == 31
    assert {"GB", "IS", "LI", "NO", "FR"} <= transfers.recognised()
    assert not {"US", "CH", "JP"} & transfers.recognised()
    assert transfers.recognised() <= transfers.countries()


@pytest.mark.parametrize(("checked", "due"), [("2026-04-01", "2027-04-01"), ("2028-02-29", "2029-02-28")])
def test_the_next_check_is_due_a_year_later(checked, due):
    assert transfers.due(checked) == due


@ON_SQLITE
def test_a_check_holds_until_the_end_of_its_last_day_and_warns_for_thirty_days(add_transfer):
    made = add_transfer(checked_on="2025-04-01")
    days = {"2026-03-02": "good", "2026-03-03": "due_soon", "2026-04-01": "due_soon", "2026-04-02": "held"}
    assert {day: made.standing(date.fromisoformat(day)) for day in days} == days


@ON_SQLITE
def test_the_newest_check_counts_and_not_the_one_that_was_typed_last(site, add_transfer):
    newest = add_transfer(checked_on="2026-04-01")
    add_transfer(checked_on="2024-04-01")
    assert transfers.newest(kept(transfers, site)) == {"hubspot": newest}
    typo = add_transfer(checked_on="2026-05-01")
    add_transfer(checked_on="2025-05-01", corrects=typo.id)
    assert transfers.newest(kept(transfers, site)) == {"hubspot": newest}


@pytest.mark.parametrize(("last", "until"), [("2026-04-01", "2029-04-01"), ("2028-02-29", "2031-02-28")])
def test_a_confirmation_is_kept_for_three_years_from_the_last_provision(last, until):
    assert confirmations.kept_until(date.fromisoformat(last)).isoformat() == until
