"""Taking evidence away in the browser: never without a reason, always in the log; bundles by the worker, end to end."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from consent import clock, worker
from consent.accounts import deeds
from consent.audit import export
from consent.audit.bundle.supplements import BundleNotReady
from consent.audit.verify.verdict import verify
from consent.db import db
from consent.ledger import keys
from tests.audit.conftest import EVER
from tests.settled import damage, settle

EXPORT = "/admin/sites/example/evidence/export"
REASON = "yearly <audit>"


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


def form(**changes):
    today = clock.now().date()
    return {"first": "2020-01-01", "last": f"{today.year + 1}-01-01", "reason": REASON, **changes}


def deeds_of(site):
    """The newest first."""
    with db.engine.connect() as connection:
        return deeds.of_site(connection, site.id)[0]


@pytest.mark.parametrize(("kind", "starts"), [("csv", b"\xef\xbb\xbfrecord_id"), ("jsonl", b'{"record_id"')])
def test_records_of_a_period_as_a_file(auditor, visitor, site, kind, starts):
    made = visitor.decide().json["record_id"]
    answer = auditor.post(f"{EXPORT}/records", form(format=kind))
    assert answer.status_code == 200
    assert answer.data.startswith(starts)
    assert made.encode() in answer.data
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    (deed,) = deeds_of(site)
    assert (deed.what, deed.by, deed.details["reason"]) == ("records_exported", auditor.email, REASON)
    settle()
    assert damage(site) == []
    history = auditor.get(EXPORT).text
    assert "yearly &lt;audit&gt;" in history
    assert auditor.email in history


def test_a_file_is_streamed_after_the_request_is_over(visitor, site):
    """As the server does it: by then there is no application around it any more."""
    made = visitor.decide().json["record_id"]
    streamed = export.chunks(export.Selection(site, "csv", *EVER))
    with ThreadPoolExecutor(1) as thread:
        assert made.encode() in thread.submit(lambda: b"".join(streamed)).result()


def test_a_period_without_records_gives_none_of_another(auditor, visitor):
    made = visitor.decide().json["record_id"]
    answer = auditor.post(f"{EXPORT}/records", form(format="csv", last="2020-01-02"))
    assert made.encode() not in answer.data


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "a\nb"},
        {"reason": "x" * 501},
        {"first": ""},
        {"last": "2019-01-01"},
    ],
)
@pytest.mark.parametrize("path", ["records", "bundles"])
def test_without_a_reason_or_a_period_nothing_leaves_and_nothing_is_noted(auditor, visitor, site, path, changes):
    visitor.decide()
    settle()
    answer = auditor.post(f"{EXPORT}/{path}", form(format="csv", mode="full", **changes))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert deeds_of(site) == []
    assert "bundles/" not in auditor.get(EXPORT).text.replace('export/bundles"', "")


@pytest.mark.parametrize(("path", "changes"), [("records", {"format": "xml"}), ("bundles", {"mode": "half"})])
def test_only_what_the_form_offers(auditor, visitor, path, changes):
    visitor.decide()
    settle()
    assert auditor.post(f"{EXPORT}/{path}", form(**changes)).status_code == 422


@pytest.mark.parametrize("mode", ["full", "no-subject"])
def test_a_bundle_from_the_form_to_the_verifier(auditor, visitor, site, tmp_path, mode):
    visitor.decide()
    settle()
    answer = auditor.post(f"{EXPORT}/bundles", form(mode=mode))
    assert answer.status_code == 303
    waiting = auditor.get(answer.location).text
    assert "Queued" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert auditor.get(f"{answer.location}/file").status_code == 409
    assert worker.run_job()
    ready = auditor.get(answer.location).text
    assert f'href="{answer.location}/file"' in ready
    assert "http-equiv" not in ready
    with auditor.get(f"{answer.location}/file") as file:
        (tmp_path / "taken.zip").write_bytes(file.data)
    with db.engine.connect() as connection:
        pinned = keys.newest(connection, site.log_origin).vkey
    assert verify(tmp_path / "taken.zip", pinned_keys=[pinned]).holds
    history = auditor.get(EXPORT).text
    assert history.count("yearly &lt;audit&gt;") == 2  # as a job, and in the log
    assert auditor.email in history


def test_a_period_without_settled_entries_has_no_bundle(auditor, visitor):
    visitor.decide()
    settle()
    answer = auditor.post(f"{EXPORT}/bundles", form(mode="full", last="2020-01-02"))
    assert answer.status_code == 422
    assert "signed checkpoint" in answer.text


def test_a_bundle_of_another_site_is_not_there(auditor, person, visitor, site, other_site):
    visitor.decide()
    settle()
    location = auditor.post(f"{EXPORT}/bundles", form(mode="full")).location
    theirs = person("owner", other_site)
    path = location.replace("/example/", "/other/")
    assert theirs.get(path).status_code == 404
    assert theirs.get(f"{path}/file").status_code == 404


def test_editors_do_not_export_and_are_not_offered_to(person, site):
    editor = person("editor", site)
    assert editor.post(f"{EXPORT}/records", form(format="csv")).status_code == 403
    assert not re.search(rf'href="{EXPORT}"', editor.get("/admin/sites/example/evidence").text)


@pytest.fixture
def failed_bundle(auditor, visitor, monkeypatch):
    """Where the page of a bundle is whose work raises this: failed_bundle(error)."""

    def make(error):
        def fails(job, report):
            raise error

        visitor.decide()
        settle()
        location = auditor.post(f"{EXPORT}/bundles", form(mode="full")).location
        monkeypatch.setattr(worker, "KINDS", {"bundle": fails})
        worker.run_job()
        return location

    return make


@pytest.mark.parametrize(
    ("language", "says"),
    [("ja", "署名済みのチェックポイントにまだ含まれていません"), ("en", "is not under a signed checkpoint yet")],
)
def test_a_failed_bundle_says_why_to_whoever_reads_it(auditor, failed_bundle, language, says):
    page = auditor.get(f"{failed_bundle(BundleNotReady())}?lang={language}").text
    assert says in page
    assert "<code>bundle_not_ready</code>" in page
    assert BundleNotReady().detail not in page


@pytest.mark.parametrize(
    ("language", "says"),
    [("ja", "ワーカーのログ（ジョブ番号{job}）"), ("en", "The worker&#39;s log says more, under job {job}.")],
)
def test_what_nobody_foresaw_is_in_the_log_alone(auditor, failed_bundle, language, says):
    location = failed_bundle(OSError("/srv/Anna Smith"))
    page = auditor.get(f"{location}?lang={language}").text
    assert says.format(job=location.rpartition("/")[2]) in page
    assert "Anna" not in page


def test_nobody_but_the_form_says_who_asked(auditor, visitor, site):
    """Mass assignment: fields that the form does not have change nothing."""
    visitor.decide()
    auditor.post(f"{EXPORT}/records", form(format="csv", by="Anna", what="nothing", site_id="2", site_key="other"))
    (deed,) = deeds_of(site)
    assert (deed.by, deed.what) == (auditor.email, "records_exported")
    assert set(deed.details) == {"reason", "format", "first", "last", "zone"}
