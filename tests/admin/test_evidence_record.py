"""A record's page: what was decided, the proof computed anew, and what is said of a record that was forged or erased."""

import hashlib
import io
import json
import re
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from consent import clock
from consent.banner import build as banner_build
from consent.db import db, transact
from consent.ledger import erase
from consent.ledger.models import checkpoint_table, entry_table, tile_table
from consent.merkle import tlog_proof
from consent.merkle.entry import Kind
from consent.notices import register
from consent.records import forget
from consent.records.models import record_table
from tests.settled import entry, settle

LIST = "/admin/sites/example/evidence"
FITS, DIFFERS, WAITS = "this record fits the signed log", "this record does not fit", "waits for the log"


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


@pytest.fixture
def record_id(visitor):
    """In a log with others."""
    made = [visitor.decide(decision).json["record_id"] for decision in ("accept_all", "reject_all", "withdraw")]
    settle()
    return made[1]


def page(auditor, record_id, status=200):
    answer = auditor.get(f"{LIST}/{record_id}")
    assert answer.status_code == status
    return answer.text


def verdict(auditor, record_id):
    text = page(auditor, record_id)
    (said,) = [each for each in (FITS, DIFFERS, WAITS) if each in text]
    return said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_record_leads_to_the_privacy_policy_that_the_visitor_was_shown(auditor, other_site, site, record_id):
    assert "is not registered" in page(auditor, record_id)
    for each, language, text in ((site, "en", "In English"), (site, "ja", "日本語"), (other_site, "ja", "別")):
        given = {"version": "2026-04-01", "language": language, "effective_on": "2026-04-01", "text": text}
        transact(lambda c, each=each, given=given: register.add(c, each.id, **given, user=None, now=clock.now()))
    shown = page(auditor, record_id)
    assert hashlib.sha256("日本語\n".encode()).hexdigest() in shown
    assert "is not registered" not in shown
    assert "日本語" in auditor.get(re.search(r"/admin/sites/example/privacy-policy/\d+", shown)[0]).text


def change(table, record_id, **values):
    mine = update(table).where(table.c.record_id == record_id)
    transact(lambda connection: connection.execute(mine.values(values)))


def erased(site, record_id, halves, kind=Kind.ERASURE):
    asked = {record_id: halves}
    return transact(
        lambda connection: erase.erase(connection, site.id, asked, kind=kind, reason="asked for", now=clock.now())
    )


def test_a_record_under_a_checkpoint_fits(auditor, record_id):
    text = page(auditor, record_id)
    assert FITS in text
    for said in ("Refused all", "HubSpot", "Google LLC", "reject_all", entry(record_id).leaf_hash.hex()):
        assert said in text
    assert "<svg" in text
    assert 'style="' not in text


def test_before_a_checkpoint_it_waits(auditor, visitor):
    made = visitor.decide().json["record_id"]
    assert verdict(auditor, made) == WAITS
    settle()
    assert verdict(auditor, made) == FITS


def test_a_changed_decision_in_the_log_does_not_fit(auditor, record_id):
    forged = entry(record_id).evidence.replace(b"reject_all", b"accept_all")
    change(entry_table, record_id, evidence=forged)
    assert verdict(auditor, record_id) == DIFFERS


def test_a_changed_visitor_in_the_log_does_not_fit(auditor, record_id):
    forged = entry(record_id).subject.replace(b"/products", b"/elsewhere")
    change(entry_table, record_id, subject=forged)
    assert verdict(auditor, record_id) == DIFFERS


@pytest.mark.parametrize("values", [{"decision": "accept_all"}, {"page_path": "/elsewhere"}, {"services": "{}"}])
def test_a_changed_row_of_the_readable_table_does_not_fit(auditor, record_id, values):
    change(record_table, record_id, **values)
    assert verdict(auditor, record_id) == DIFFERS


def test_bytes_and_leaf_hash_that_were_changed_together_do_not_lead_to_the_root(auditor, record_id):
    change(entry_table, record_id, leaf_hash=bytes(32))
    assert verdict(auditor, record_id) == DIFFERS


def test_other_tiles_do_not_lead_to_the_signed_root(auditor, record_id):
    transact(lambda connection: connection.execute(update(tile_table).values(data=bytes(32 * 4))))
    assert verdict(auditor, record_id) == DIFFERS


def test_a_checkpoint_that_nobody_has_signed_counts_for_nothing(auditor, record_id):
    """Origin, size and root are the true ones; the signature is not."""
    with db.engine.connect() as connection:
        note = connection.execute(select(checkpoint_table.c.note)).scalar_one()
    forged = note[:-30] + "A" * 20 + note[-10:]
    transact(lambda connection: connection.execute(update(checkpoint_table).values(note=forged)))
    assert verdict(auditor, record_id) == DIFFERS


def test_bytes_that_cannot_be_read_are_said_to_be_damaged(auditor, record_id):
    change(entry_table, record_id, evidence=b"{")
    assert "record_damaged" in page(auditor, record_id, 500)


def test_a_record_without_its_subject_still_fits_and_says_what_accounts_for_it(auditor, record_id, site):
    account = erased(site, record_id, erase.ONLY_SUBJECT)
    transact(lambda connection: forget.forget_subject(connection, [record_id]))
    text = page(auditor, record_id)
    assert FITS in text
    assert account in text
    assert "Who decided has been erased" in text
    assert "Refused all" in text


def test_a_record_past_its_retention_still_fits_and_says_so(auditor, record_id, site):
    account = erased(site, record_id, erase.BOTH, Kind.RETENTION)
    transact(lambda connection: forget.forget_records(connection, [record_id]))
    text = page(auditor, record_id)
    assert FITS in text
    assert account in text
    assert "at the end of its retention" in text
    assert auditor.get(f"{LIST}/{record_id}/receipts/kantara").status_code == 410


def test_a_half_that_went_without_an_account_is_not_called_erased(auditor, record_id):
    change(entry_table, record_id, evidence=None, evidence_salt=None)
    text = page(auditor, record_id)
    assert DIFFERS in text
    assert "no entry of the log accounts for it" in text


def test_the_same_visitors_records_before_and_after(auditor, visitor):
    first, second = (visitor.decide().json["record_id"] for _ in range(2))
    assert f'rel="next" href="{LIST}/{second}"' in page(auditor, first)
    assert f'rel="prev" href="{LIST}/{first}"' in page(auditor, second)
    assert 'rel="prev"' not in page(auditor, first)


def test_receipts_in_every_form(auditor, record_id, site):
    get = lambda form: auditor.get(f"{LIST}/{record_id}/receipts/{form}")  # noqa: E731
    index, _, note, _ = tlog_proof.decode(get("proof").text)
    assert index == entry(record_id).leaf_index
    assert note.startswith(site.log_origin)
    assert json.loads(get("copy").data)["decision"] == "reject_all"
    assert get("iso-27560").mimetype == "application/ld+json"
    assert json.loads(get("kantara").data)["version"] == "KI-CR-v1.1.0"
    assert get("pdf").status_code == 404


def test_there_is_no_proof_to_download_before_there_is_one(auditor, visitor):
    made = visitor.decide().json["record_id"]
    assert auditor.get(f"{LIST}/{made}/receipts/proof").status_code == 404


def test_the_banner_as_it_was_shown(auditor, visitor, client):
    script = banner_build.current().digest[:16]
    client.get("/b/example.js")
    made = visitor.decide(script=script).json["record_id"]
    settle()
    assert f"{LIST}/{made}/banner.zip" in page(auditor, made)
    with ZipFile(io.BytesIO(auditor.get(f"{LIST}/{made}/banner.zip").data)) as archive:
        assert f"banner-{made}/index.html" in archive.namelist()


def test_a_build_that_nobody_knows_has_no_banner_to_show(auditor, visitor):
    made = visitor.decide(script="0" * 16).json["record_id"]
    assert "banner.zip" not in page(auditor, made)
    assert auditor.get(f"{LIST}/{made}/banner.zip").status_code == 404
