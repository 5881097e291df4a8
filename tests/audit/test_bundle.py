"""What the auditor gets: everything of the range, with what it takes to verify it, and a note of it in the log."""

import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from consent import clock, worker
from consent.audit.bundle import jobs as bundle_jobs
from consent.audit.bundle import pieces
from consent.audit.bundle.build import build
from consent.audit.bundle.ranges import BundleEmpty
from consent.audit.bundle.supplements import BundleNotReady
from consent.audit.verify import table
from consent.audit.verify.report import HOLDS, NOT_CHECKED
from consent.audit.verify.verdict import verify
from consent.banner import build as banner_build
from consent.db import db, transact
from consent.ledger import epochs, keys
from consent.ledger.erase import erase
from consent.ledger.ledger import ledger
from consent.ledger.logs import LogIncomplete
from consent.ledger.models import entry_table
from consent.merkle.entry import Kind
from tests.audit.conftest import EVER, plans_of, settle

FULL_NAMES = {"manifest.json", "manifest.note", "README.txt", "verify.py", "keys.json", "checkpoint", "records.csv"}


def entries():
    with db.engine.connect() as connection:
        return list(connection.execute(select(entry_table).order_by(entry_table.c.id)))


def forget(site, indexes, *, half="subject", kind=Kind.ERASURE):
    asked = {row.record_id: frozenset({half}) for row in entries() if row.leaf_index in indexes and row.kind < 0x80}
    transact(lambda connection: erase(connection, site.id, asked, kind=kind, reason="asked for", now=clock.now()))


def vkey_of(origin):
    with db.engine.connect() as connection:
        return keys.newest(connection, origin).vkey


def lines_of(path, name="records-000.jsonl"):
    with ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


def test_a_bundle_of_every_kind_of_decision_holds(visitor, site, bundle_of):
    for decision in ("accept_all", "reject_all", "withdraw", "gpc"):
        assert visitor.decide(decision).status_code == 201
    path = bundle_of()
    report = verify(path, pinned_keys=[vkey_of(site.log_origin)])
    assert {check.name for check in report.checks if check.status != HOLDS} == {"held", "receipt"}
    assert report.holds
    with ZipFile(path) as archive:
        assert set(archive.namelist()) == FULL_NAMES | {"records-000.jsonl", f"policies/{visitor.version}.json"}
    assert [line["kind"] for line in lines_of(path)] == [Kind.POLICY_PUBLISHED, 1, 1, 2, 3]


def test_the_table_has_the_same_bytes_as_the_export(visitor, client, site, token_for, bundle_of):
    visitor.decide(
        "custom", granted=["ga4"], client_time=clock.now().isoformat(), page_path='=a,b"c日本', language="en"
    )
    visitor.decide("reject_all", page_path=None, region="JP")
    visitor.decide("withdraw", page_path="＋1")
    query = {"format": "csv", "since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "reason": "audit"}
    bearer = {"Authorization": f"Bearer {token_for('auditor', site)}"}
    exported = client.get("/api/v1/sites/example/export", query_string=query, headers=bearer).get_data()
    with ZipFile(bundle_of()) as archive:
        assert archive.read("records.csv") == exported


def test_the_same_range_gives_the_same_bytes(visitor, site, tmp_path):
    visitor.decide()
    settle()
    (plan,) = plans_of(site)
    for name in ("one.zip", "two.zip"):
        build(plan, tmp_path / name, tmp_path / f"{name}.work", lambda done, total: None)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_log_says_who_took_what_and_why(visitor, bundle_of):
    visitor.decide()
    path = bundle_of(reason="complaint 17", by="Hanako", mode="no-subject")
    about, export = verify(path).about, entries()[-1]
    evidence = json.loads(export.evidence)
    assert (export.kind, json.loads(export.subject)) == (Kind.EXPORT, {"by": "Hanako"})
    assert (evidence["reason"], evidence["mode"]) == ("complaint 17", "no-subject")
    assert (evidence["from"], evidence["to"]) == (about["from"], about["to"])
    with ZipFile(path) as archive:
        assert evidence["manifest"] in archive.read("manifest.note").decode()


def test_without_subject_nobody_is_in_it_and_the_leaves_still_give_the_root(visitor, bundle_of):
    visitor.decide(page_path="/secret-page")
    path = bundle_of(mode="no-subject")
    report = verify(path)
    assert (report.holds, report.check("root").status) == (True, HOLDS)
    assert report.check("absences").status == NOT_CHECKED
    with ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    visitor_id = json.loads(entries()[1].subject)["visitor_id"]
    assert visitor_id.encode() not in everything
    assert b"/secret-page" not in everything


def test_a_range_begins_at_a_checkpoint_and_continues_it(visitor, site, bundle_of):
    visitor.decide("accept_all")
    settle()
    middle = clock.now() + timedelta(milliseconds=2)
    while clock.now() <= middle:
        pass
    visitor.decide("reject_all")
    path = bundle_of(since=middle)
    report = verify(path)
    assert (report.about["from"], report.about["to"]) == (2, 3)
    assert report.check("previous").status == HOLDS
    assert report.holds


def test_a_checkpoint_that_the_auditor_kept_is_continued(visitor, bundle_of):
    visitor.decide()
    with ZipFile(bundle_of("first.zip")) as archive:
        kept = archive.read("checkpoint").decode()
    visitor.decide("withdraw")
    later = bundle_of("second.zip")
    assert verify(later, previous=kept).check("held").status == HOLDS
    assert verify(later).check("held").status == NOT_CHECKED


def test_a_period_without_entries_has_no_bundle(visitor, site):
    visitor.decide()
    settle()
    with pytest.raises(BundleEmpty):
        plans_of(site, until=EVER[0] + timedelta(days=1))


def test_entries_that_are_not_signed_yet_are_not_in_it_and_it_says_so(visitor, site, tmp_path):
    visitor.decide()
    settle()
    visitor.decide("withdraw")
    (plan,) = plans_of(site)
    assert (plan.end, plan.complete) == (2, False)
    settle()
    assert [(plan.end, plan.complete) for plan in plans_of(site)] == [(3, True)]


def test_an_erased_subject_is_accounted_for_by_the_entry_in_the_range(visitor, site, bundle_of):
    visitor.decide()
    settle()
    forget(site, [1])
    path = bundle_of()
    assert verify(path).check("absences").status == HOLDS
    assert "subject_commitment" in lines_of(path)[1]
    with ZipFile(path) as archive:
        assert "supplements.jsonl" not in archive.namelist()


@pytest.mark.parametrize("half", ["subject", "evidence"])
def test_an_erasure_after_the_range_comes_along_with_its_proof(visitor, site, tmp_path, half):
    visitor.decide()
    visitor.decide("withdraw")
    settle()
    (plan,) = plans_of(site, until=clock.now())
    forget(site, [1], half=half)
    settle()
    build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda done, total: None)
    report = verify(tmp_path / "bundle.zip", pinned_keys=[vkey_of(site.log_origin)])
    assert report.holds, report.checks
    assert report.check("absences").told.values == {"absent": 1, "later": 1}
    assert len(lines_of(tmp_path / "bundle.zip", "supplements.jsonl")) == 1


def test_an_erasure_that_cannot_be_proven_yet_is_waited_for(visitor, site, tmp_path):
    visitor.decide()
    settle()
    (plan,) = plans_of(site)
    forget(site, [1])
    with pytest.raises(BundleNotReady):
        build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda done, total: None)
    assert not (tmp_path / "bundle.zip").exists()


def test_each_epoch_has_a_bundle_and_a_later_one_accounts_for_erasures_of_an_earlier(visitor, site, tmp_path):
    visitor.decide()
    settle()
    guard = ledger().guard
    transact(lambda c: epochs.new_epoch(c, site.id, guard, reason="restored", now=clock.now()))
    forget(site, [1])
    settle()
    first, second = plans_of(site)
    for number, plan in enumerate((first, second)):
        build(plan, tmp_path / f"{number}.zip", tmp_path / f"{number}.work", lambda done, total: None)
        report = verify(tmp_path / f"{number}.zip")
        assert report.holds, report.checks
    assert second.log.origin == f"{first.log.origin}/e2"


def test_the_script_that_a_record_names_comes_along(visitor, bundle_of):
    current = banner_build.current()
    transact(banner_build.keep)
    visitor.decide(script=current.name)
    path = bundle_of()
    assert verify(path).check("scripts").status == HOLDS
    with ZipFile(path) as bundle:
        assert bundle.read(f"script/{current.digest}/core.js") == current.core.encode()


def test_a_script_that_only_the_client_knows_is_not_checked_and_not_a_failure(visitor, bundle_of):
    visitor.decide(script="0123456789abcdef")
    report = verify(bundle_of())
    assert report.check("scripts").status == NOT_CHECKED
    assert report.holds


def test_a_receipt_is_found_and_a_pending_one_is_not_checked(visitor, bundle_of):
    inside = visitor.decide().json
    path = bundle_of()
    outside = visitor.decide("withdraw").json
    found = verify(path, receipt_text=json.dumps(inside)).check("receipt")
    assert (found.status, found.detail().endswith("leaf 1")) == (HOLDS, True)
    assert verify(path, receipt_text=json.dumps(outside["receipt"])).check("receipt").status == NOT_CHECKED


def test_a_build_that_died_goes_on_from_the_files_it_had_finished(visitor, site, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "LEAVES_PER_FILE", 2)
    monkeypatch.setattr("consent.audit.verify.manifest.LEAVES_PER_FILE", 2)
    for decision in ("accept_all", "reject_all", "withdraw"):
        visitor.decide(decision)
    settle()
    (plan,) = plans_of(site)

    def dies(done, total):
        if done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(plan, tmp_path / "bundle.zip", tmp_path / "work", dies)
    first = tmp_path / "work" / "records-000.jsonl"
    before = first.stat().st_mtime_ns
    build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda done, total: None)
    assert first.stat().st_mtime_ns == before
    assert verify(tmp_path / "bundle.zip").holds


def test_what_was_erased_meanwhile_does_not_come_back_from_a_finished_file(visitor, site, tmp_path):
    visitor.decide(page_path="/secret-page")
    settle()
    (plan,) = plans_of(site)
    build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda done, total: None)
    forget(site, [1])
    settle()
    build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda done, total: None)
    with ZipFile(tmp_path / "bundle.zip") as archive:
        assert b"/secret-page" not in archive.read("records-000.jsonl")
    assert verify(tmp_path / "bundle.zip").holds


def test_a_finished_file_of_another_request_is_not_taken(visitor, site, tmp_path):
    visitor.decide()
    settle()
    (full,), (anonymous,) = plans_of(site), plans_of(site, mode="no-subject")
    build(full, tmp_path / "full.zip", tmp_path / "work", lambda done, total: None)
    build(anonymous, tmp_path / "anonymous.zip", tmp_path / "work", lambda done, total: None)
    assert "subject" not in lines_of(tmp_path / "anonymous.zip")[1]


def test_the_table_of_the_bundle_says_nothing_where_a_half_was_erased():
    evidence = {"record_id": "r", "categories": {"ma": True}, "services": {}, "gpc": False, "received_time": "t"}
    assert table.row(evidence, None) == b'r,,,,,"{""ma"":true}","{}",,,,,false,,,,,t,,,,,\n'


AUDITOR = "/api/v1/sites/example/bundles"
PERIOD = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "reason": "yearly audit"}


def test_of_a_log_with_a_gap_there_is_no_bundle_and_it_says_where(visitor, site, tmp_path):
    visitor.decide()
    visitor.decide("withdraw")
    settle()
    (plan,) = plans_of(site)
    transact(lambda c: c.execute(delete(entry_table).where(entry_table.c.leaf_index == 1)))
    with pytest.raises(LogIncomplete) as error:
        build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda *_: None)
    assert f"Leaf 1 of {plan.log.origin} " in error.value.detail
    assert not (tmp_path / "bundle.zip").exists()


@pytest.fixture
def auditor(client, site, token_for):
    bearer = {"Authorization": f"Bearer {token_for('auditor', site)}"}

    def call(method, path="", **more):
        return client.open(f"{AUDITOR}{path}", method=method, headers=bearer, **more)

    return call


def test_an_auditor_asks_waits_and_fetches(visitor, auditor, tmp_path):
    visitor.decide()
    settle()
    asked = auditor("POST", json=PERIOD)
    (bundle,) = asked.json["bundles"]
    assert (asked.status_code, bundle["state"], bundle["manifest"]) == (202, "queued", None)
    early = auditor("GET", f"/{bundle['id']}/file")
    assert (early.status_code, early.json["code"]) == (409, "bundle_unfinished")
    assert worker.run_job()
    state = auditor("GET", f"/{bundle['id']}").json
    assert (state["state"], state["done"], state["total"]) == ("done", 2, 2)
    with auditor("GET", f"/{bundle['id']}/file") as answer:
        (tmp_path / "fetched.zip").write_bytes(answer.get_data())
    assert answer.content_type == "application/zip"
    assert verify(tmp_path / "fetched.zip").holds


def test_a_bundle_is_for_auditors_of_its_own_site(visitor, auditor, client, token_for, site, other_site):
    visitor.decide()
    settle()
    (bundle,) = auditor("POST", json=PERIOD).json["bundles"]
    assert client.get(f"{AUDITOR}/{bundle['id']}").json["code"] == "token_missing"
    for token in (token_for("site", site), token_for("auditor", other_site)):
        answer = client.get(f"{AUDITOR}/{bundle['id']}", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["code"]) == (403, "token_forbidden")
    elsewhere = {"Authorization": f"Bearer {token_for('auditor', other_site)}"}
    for path in ("", "/file"):
        answer = client.get(f"/api/v1/sites/other/bundles/{bundle['id']}{path}", headers=elsewhere)
        assert (answer.status_code, answer.json["code"]) == (404, "bundle_unknown")


@pytest.mark.parametrize("wrong", ["0", "x", "99999999999999999999", "7"])
def test_a_bundle_that_is_none_is_unknown(auditor, wrong):
    assert auditor("GET", f"/{wrong}").json["code"] == "bundle_unknown"


def test_a_period_with_nothing_in_it_is_refused_at_once(auditor):
    answer = auditor("POST", json={**PERIOD, "until": "2020-01-02T00:00:00Z"})
    assert (answer.status_code, answer.json["code"]) == (422, "bundle_empty")


def test_no_reason_no_bundle(auditor):
    answer = auditor("POST", json={**PERIOD, "reason": ""})
    assert (answer.status_code, answer.json["code"]) == (422, "body_invalid")


def test_an_old_bundle_is_gone(visitor, auditor, app):
    visitor.decide()
    settle()
    (bundle,) = auditor("POST", json=PERIOD).json["bundles"]
    worker.run_job()
    (app.extensions["consent.config"].data_dir / "bundles" / f"{bundle['id']}.zip").unlink()
    assert auditor("GET", f"/{bundle['id']}/file").json["code"] == "bundle_gone"


def test_bundles_older_than_a_week_are_deleted_with_the_next_one(visitor, auditor, app, monkeypatch):
    visitor.decide()
    settle()
    for _ in range(2):
        auditor("POST", json=PERIOD)
    worker.run_job()
    monkeypatch.setattr(bundle_jobs, "KEPT", timedelta(seconds=-60))
    worker.run_job()
    folder = app.extensions["consent.config"].data_dir / "bundles"
    assert [path.name for path in folder.iterdir()] == ["2.zip"]


def test_the_command_writes_a_bundle_that_the_other_command_verifies(visitor, site, tmp_path, capsys):
    from consent.audit.cli import make_bundle
    from consent.audit.verify import command

    visitor.decide()
    settle()
    path = tmp_path / "bundle.zip"
    make_bundle.main(
        ["--site", "example", "--since", "2020-01-01", "--reason", "audit", "--output", str(path)],
        standalone_mode=False,
    )
    assert command.main([str(path), "--json"], program="consent verify") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "holds"
    assert sorted(each.name for each in tmp_path.glob("bundle*")) == ["bundle.zip"]


def test_the_banner_as_it_was_shown_comes_along(visitor, bundle_of, client):
    build_name = banner_build.current().name
    for path in (f"/b/{visitor.site.key}.js", f"/b/{visitor.site.key}/{visitor.version}-{build_name}/ja.js"):
        assert client.get(path).status_code == 200
    visitor.decide(script=build_name, language="ja")
    path = bundle_of()
    assert verify(path).holds
    folder = f"replay/{visitor.version[:16]}-{build_name}-ja"
    with ZipFile(path) as bundle:
        assert b"core.js" in bundle.read(f"{folder}/index.html")
        assert bundle.read(f"{folder}/core.js") == client.get(f"/b/{visitor.site.key}.js").data
        assert f"{folder}/core/{visitor.version}-{build_name}/ja.js" in bundle.namelist()


def test_an_old_bundle_is_deleted_though_nobody_asks_for_another(visitor, auditor, app, monkeypatch):
    visitor.decide()
    settle()
    auditor("POST", json=PERIOD)
    worker.run_job()
    folder = app.extensions["consent.config"].data_dir / "bundles"
    worker.housekeeping()
    assert [path.name for path in folder.iterdir()] == ["1.zip"]
    monkeypatch.setattr(bundle_jobs, "KEPT", timedelta(seconds=-60))
    worker.housekeeping()
    assert list(folder.iterdir()) == []


def test_without_the_key_that_signs_it_nothing_is_begun(visitor, site, tmp_path, monkeypatch):
    visitor.decide()
    settle()
    (plan,) = plans_of(site)
    monkeypatch.setattr(ledger().keyring, "_secrets", ("another secret of the tests, not the one that signs",))
    with pytest.raises(keys.KeyLost):
        build(plan, tmp_path / "bundle.zip", tmp_path / "work", lambda *_: None)
    assert not (tmp_path / "work").exists()
