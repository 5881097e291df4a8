"""Erasing halves of entries: what goes, what stays, and who notices when it is done without an account."""

import pytest
from sqlalchemy import delete, update
from uuid_utils import uuid7

from consent import clock, worker
from consent.db import db, snapshot, transact
from consent.ledger import erase, hold, logs
from consent.ledger.append import EntryKnown, append
from consent.ledger.coverage import coverage_of
from consent.ledger.epochs import new_epoch
from consent.ledger.events import record_event
from consent.ledger.ledger import ledger
from consent.ledger.models import entry_table
from consent.merkle.canonical import canonical_bytes
from consent.merkle.entry import Kind
from tests.settled import accounts, damage, entry, head, settle


@pytest.fixture
def add(app, site):
    """Appends so many entries and returns their record ids; sequenced, unless told otherwise."""

    def add(count=1, *, settled=True):
        names = [str(uuid7()) for _ in range(count)]

        def unit(connection):
            for name in names:
                append(
                    connection,
                    site_id=site.id,
                    record_id=name,
                    kind=Kind.DECISION,
                    received_ms=clock.to_ms(clock.now()),
                    evidence=canonical_bytes({"record_id": name}),
                    subject=canonical_bytes({"visitor_id": f"of-{name}"}),
                )

        transact(unit)
        if settled:
            settle()
        return names

    return add


@pytest.fixture
def erased(site):
    """Erases these halves of these entries, with an account."""

    def run(names, halves=erase.ONLY_SUBJECT, *, kind=Kind.ERASURE, by=None):
        asked = dict.fromkeys(names, halves)
        return transact(
            lambda c: erase.erase(c, site.id, asked, kind=kind, reason="visitor_request", now=clock.now(), by=by)
        )

    return run


def alter(name, **values):
    """As somebody with access to the database would."""
    transact(lambda c: c.execute(update(entry_table).where(entry_table.c.record_id == name).values(**values)))


def go_on_in_a_new_epoch(site):
    guard = ledger().guard
    transact(lambda c: new_epoch(c, site.id, guard, reason="a restored backup", now=clock.now()))


def test_the_bytes_go_and_leaf_tree_and_fsck_stay(site, add, erased):
    first, second = add(2)
    before, leaf = head(site), entry(first).leaf_hash
    account = erased([first])
    gone = entry(first)
    assert (gone.subject, gone.subject_salt, gone.erased_by) == (None, None, account)
    assert gone.evidence is not None
    assert gone.leaf_hash == leaf
    assert entry(second).subject is not None
    assert head(site) == before
    assert damage(site) == []
    settle()
    assert damage(site) == []


def test_the_account_names_places_and_halves_in_their_order(site, add, erased):
    names = add(3)
    account = erased([names[2], names[0]])
    found = accounts(site)[0]
    places = [{"epoch": 1, "index": entry(name).leaf_index, "halves": ["subject"]} for name in (names[0], names[2])]
    assert found["erased"] == places
    assert (found["type"], found["record_id"], found["reason"]) == ("erasure", account, "visitor_request")


def test_who_erases_is_in_the_subject_half_of_the_account(site, add, erased):
    assert entry(erased(add(), by="Sato")).subject == b'{"by":"Sato"}'
    assert entry(erased(add())).subject is None


def test_both_halves_can_go_at_once_or_one_after_the_other(site, add, erased):
    first, second = add(2)
    erased([first], erase.BOTH)
    erased([second])
    erased([second], erase.BOTH, kind=Kind.RETENTION)
    assert [entry(name).evidence for name in (first, second)] == [None, None]
    assert [each["erased"][0]["halves"] for each in accounts(site)] == [["evidence", "subject"], ["subject"]]
    assert accounts(site, Kind.RETENTION)[0]["erased"][0]["halves"] == ["evidence"]
    assert damage(site) == []


def test_erasing_again_does_nothing_and_accounts_for_nothing(site, add, erased):
    names = add()
    assert erased(names) is not None
    before = entry(names[0])
    assert erased(names) is None
    assert entry(names[0]) == before
    assert len(accounts(site)) == 1


def test_a_record_that_has_no_entry_is_passed_over(site, erased):
    assert erased([str(uuid7())]) is None


def test_a_pending_entry_is_refused_and_nothing_else_is_erased_with_it(site, add, erased):
    there, waiting = add()[0], add(settled=False)[0]
    with pytest.raises(erase.EntryUnsettled):
        erased([there, waiting])
    assert entry(there).subject is not None
    assert accounts(site) == []
    with db.engine.connect() as connection:
        assert erase.unsettled_among(connection, [there, waiting]) == {waiting}


def test_an_entry_that_no_checkpoint_covers_is_refused(site, add, erased):
    """A new epoch would take it back and give it another place; the account would name the old one."""
    name = add(settled=False)[0]
    while worker.sequence():
        pass
    with pytest.raises(erase.EntryUnsettled):
        erased([name])
    go_on_in_a_new_epoch(site)
    settle()
    erased([name])
    assert [place["epoch"] for place in accounts(site)[0]["erased"]] == [2]
    assert damage(site) == []


def test_what_was_done_to_a_log_is_never_erased(site, add, erased):
    account = erased(add(), by="Sato")
    settle()
    with pytest.raises(erase.NotErasable):
        erased([account], erase.BOTH)


def test_entries_of_another_site_are_not_touched(site, other_site, add):
    name = add()[0]
    asked = {name: erase.BOTH}
    done = transact(
        lambda c: erase.erase(c, other_site.id, asked, kind=Kind.ERASURE, reason="visitor_request", now=clock.now())
    )
    assert done is None
    assert entry(name).subject is not None


def test_nothing_is_erased_under_a_legal_hold(site, add, erased):
    names = add()
    transact(lambda c: hold.place(c, site.id, reason="a lawsuit", now=clock.now()))
    with pytest.raises(hold.OnHold, match="a lawsuit"):
        erased(names)
    assert entry(names[0]).subject is not None
    assert transact(lambda c: hold.lift(c, site.id))
    assert erased(names) is not None


def test_more_entries_than_one_statement_can_name_are_erased_together(site, add, erased):
    names = add(1_100)
    erased(names)
    assert len(accounts(site)[0]["erased"]) == 1_100
    assert damage(site) == []


def test_an_entry_of_an_old_epoch_is_accounted_for_in_the_new_one(site, add, erased):
    name = add()[0]
    go_on_in_a_new_epoch(site)
    erased([name, *add()])
    assert [place["epoch"] for place in accounts(site)[0]["erased"]] == [1, 2]
    assert damage(site) == []


def test_what_is_in_quarantine_can_be_erased_though_no_list_can_name_it(site, add, erased):
    name = add(settled=False)[0]
    alter(name, evidence=b"{}")
    settle()
    assert erased([name]) is None
    assert entry(name).subject is None
    assert entry(name).subject_salt is None
    assert damage(site) == [f"record {name} is held in quarantine: the stored bytes do not give the leaf hash"]


@pytest.mark.parametrize("half", erase.HALVES)
def test_a_half_that_goes_without_an_account_is_found(site, add, half):
    name = add()[0]
    row = entry(name)
    commitment = erase.COMMIT[half](getattr(row, f"{half}_salt"), getattr(row, half))
    alter(name, **{half: None, f"{half}_salt": None, f"{half}_commitment": commitment})
    assert damage(site) == [f"index {row.leaf_index} record {name}: the {half} is gone and no erasure accounts for it"]


def test_a_half_that_goes_behind_another_account_is_found(site, add, erased):
    """`erased_by` may point to an account, but that one has to name this entry."""
    first, second = add(2)
    account = erased([first])
    row = entry(second)
    commitment = erase.COMMIT["subject"](row.subject_salt, row.subject)
    alter(second, subject=None, subject_salt=None, subject_commitment=commitment, erased_by=account)
    assert len(damage(site)) == 2
    assert all(second in found for found in damage(site))


def test_an_account_that_disappears_before_it_is_sequenced_is_missed(site, add, erased):
    account = erased(add())
    assert damage(site) == []
    transact(lambda c: c.execute(delete(entry_table).where(entry_table.c.record_id == account)))
    assert any("no erasure accounts for it" in found for found in damage(site))


def test_an_account_that_is_rewritten_covers_nothing_any_more(site, add, erased):
    account = erased(add())
    alter(account, evidence=b'{"erased":[{"epoch":1}]}')
    assert any("no erasure accounts for it" in found for found in damage(site))


def test_a_pointer_to_the_wrong_account_is_found(site, add, erased):
    names = add()
    erased(names)
    alter(names[0], erased_by=str(uuid7()))
    assert len(damage(site)) == 1
    assert "does not account for what is gone" in damage(site)[0]


def test_bytes_that_came_back_from_a_backup_are_found(site, add, erased):
    names = add()
    before = entry(names[0])
    erased(names)
    again = {name: getattr(before, name) for name in ("subject", "subject_salt", "subject_commitment", "erased_by")}
    alter(names[0], **again)
    assert len(damage(site)) == 1
    assert "says that it was erased" in damage(site)[0]


def test_a_commitment_does_not_vouch_for_bytes_beside_it(site, add):
    name = add()[0]
    row = entry(name)
    commitment = erase.COMMIT["evidence"](row.evidence_salt, row.evidence)
    alter(name, evidence=b'{"decision":"accept_all"}', evidence_commitment=commitment)
    assert any("do not give the leaf hash" in found for found in damage(site))


def test_an_event_with_the_id_of_an_entry_is_not_appended_twice(site, add):
    name = add()[0]
    with pytest.raises(EntryKnown):
        transact(
            lambda c: append(c, site_id=site.id, record_id=name, kind=Kind.DECISION, received_ms=1, evidence=b"{}")
        )
    event = transact(lambda c: record_event(c, site.id, Kind.EXPORT, {}, clock.now()))
    assert entry(event).kind == Kind.EXPORT


def test_fsck_counts_the_log_it_was_asked_for(site, add, erased):
    """The same index in two epochs: an account for one does not cover the other."""
    add()
    go_on_in_a_new_epoch(site)
    erased(add())
    with snapshot() as connection:
        first, second = logs.epochs(connection, site.id)
        assert coverage_of(connection, first).account(1, "subject") is None
        assert coverage_of(connection, second).account(1, "subject") is not None
