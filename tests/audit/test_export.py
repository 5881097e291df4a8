"""What the auditor takes away: everything of the period, once, readable, harmless."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import click
import pytest
from sqlalchemy import update

from consent import clock
from consent.audit import export, taken
from consent.audit.cli import export_log
from consent.audit.columns import COLUMNS
from consent.db import db, transact
from consent.records.models import record_table

EVER = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "reason": "yearly audit"}


@pytest.fixture
def auditor(client, site, token_for):
    token = token_for("auditor", site)

    def export(**query):
        query = {**EVER, **query}
        return client.get(
            "/api/v1/sites/example/export", query_string=query, headers={"Authorization": f"Bearer {token}"}
        )

    return export


def as_rows(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_every_decision_is_in_the_export_in_the_order_of_arrival(visitor, auditor):
    ids = [visitor.decide(decision).json["record_id"] for decision in ("accept_all", "withdraw", "reject_all")]
    assert [row["record_id"] for row in as_rows(auditor(format="csv"))] == ids
    lines = auditor(format="jsonl").get_data(as_text=True).splitlines()
    assert [json.loads(line)["record_id"] for line in lines] == ids


def test_csv_and_json_lines_say_the_same(visitor, auditor):
    client_time = clock.wire(clock.to_ms(clock.now() - timedelta(days=4)))
    visitor.decide("custom", granted=["ga4"], client_time=client_time, page_path="/a,b\"c'd")
    (row,) = as_rows(auditor(format="csv"))
    record = json.loads(auditor(format="jsonl").get_data(as_text=True))
    assert list(record) == list(row) == [column.name for column in COLUMNS]
    assert row["client_time"] == record["client_time"] == client_time
    assert row["page_path"] == record["page_path"] == "/a,b\"c'd"
    assert json.loads(row["services"]) == record["services"]
    assert (row["gpc"], record["gpc"]) == ("false", False)
    assert (row["region"], record["region"]) == ("", None)


def test_sqlite_and_postgresql_write_the_same_bytes(visitor, auditor):
    visitor.decide("reject_all", record_id="01999999-9999-7999-8999-999999999999", page_path='/日本,"', language="en")
    fixed = {
        "visitor_id": "a" * 32,
        "received_ms": 1_795_489_200_007,
        "expires_ms": 1_795_489_200_999,
        "policy_version": "f" * 64,
    }
    transact(lambda connection: connection.execute(update(record_table).values(**fixed)))
    _, line, _ = auditor(format="csv").get_data(as_text=True).split("\n")
    assert line.startswith(
        "01999999-9999-7999-8999-999999999999,example,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,reject_all,banner,"
    )
    assert (
        ',en,"/日本,""",false,,none,opt_in,,2026-11-24T03:00:00.007Z,2026-11-24T03:00:00.999Z,127.0.0.0/24,other,desktop,'
        in line
    )


def test_only_the_period_is_exported(visitor, auditor):
    visitor.decide()
    now = datetime.now(UTC)
    before, after = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    assert len(as_rows(auditor(format="csv", since=before, until=after))) == 1
    assert as_rows(auditor(format="csv", since=after)) == []
    assert as_rows(auditor(format="csv", until=before)) == []


def test_a_broken_export_goes_on_after_the_last_line_it_has(visitor, auditor):
    ids = [visitor.decide(decision).json["record_id"] for decision in ("accept_all", "withdraw", "reject_all")]
    rest = auditor(format="jsonl", after=ids[0]).get_data(as_text=True).splitlines()
    assert [json.loads(line)["record_id"] for line in rest] == ids[1:]
    assert auditor(format="csv", after=ids[2]).get_data() == b""


def test_a_cursor_that_nobody_knows_is_refused(visitor, auditor):
    answer = auditor(after="01999999-9999-7999-8999-999999999999")
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_unknown")


def test_records_of_another_site_are_never_in_it(visitor, auditor, other_site, client):
    from tests.people import Visitor

    stranger = Visitor(client, other_site)
    foreign = stranger.send(stranger.body(), origin="https://other.example").json["record_id"]
    assert auditor(format="jsonl").get_data() == b""
    assert auditor(after=foreign).json["code"] == "cursor_unknown"


@pytest.mark.parametrize("start", list("=+-@＝＋－＠"))
def test_nothing_in_the_csv_is_a_formula(visitor, auditor, start):
    visitor.decide()
    hostile = f'{start}HYPERLINK("https://evil.example","click")'
    transact(lambda connection: connection.execute(update(record_table).values(page_path=hostile)))
    (row,) = as_rows(auditor(format="csv"))
    assert row["page_path"] == f"'{hostile}"


def test_excel_gets_a_byte_order_mark_where_asked(visitor, auditor):
    visitor.decide()
    assert auditor(format="csv", bom="true").get_data().startswith(b"\xef\xbb\xbfrecord_id,")
    assert auditor(format="csv").get_data().startswith(b"record_id,")


def test_only_an_auditor_of_this_site_may_export(visitor, client, token_for, site, other_site):
    path = "/api/v1/sites/example/export"
    assert client.get(path, query_string=EVER).json["code"] == "token_missing"
    for token in (token_for("site", site), token_for("auditor", other_site)):
        answer = client.get(path, query_string=EVER, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["code"]) == (403, "token_forbidden")


def test_a_wrong_query_is_refused_with_its_reason(auditor):
    answer = auditor(format="xlsx")
    assert (answer.status_code, answer.json["code"]) == (422, "query_invalid")
    assert "format" in answer.json["errors"]


def test_the_command_writes_the_same_as_the_api(visitor, auditor, app, tmp_path):
    visitor.decide()
    output = tmp_path / "log.csv"
    arguments = ["--site", "example", "--since", "2020-01-01", "--reason", "audit", "--output", str(output)]
    export_log.main(arguments, standalone_mode=False)
    assert output.read_bytes() == auditor(format="csv").get_data()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL chooses by the size of the table
def test_the_export_walks_the_index_and_sorts_nothing(app):
    query = (
        "EXPLAIN QUERY PLAN SELECT record_id FROM consent_record WHERE site_id = 1 AND received_ms >= 0 AND received_ms < 9 "
        "AND (received_ms, id) > (0, 0) ORDER BY received_ms, id"
    )
    with db.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(query))
    assert "ix_consent_record_site_received" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-09:00"])
def test_times_outside_the_calendar_are_refused(auditor, site, tmp_path, until):
    assert (auditor(until=until).status_code, auditor(until=until).json["code"]) == (422, "query_invalid")
    assert auditor(since="0001-01-01T00:00:00+09:00").status_code == 422
    arguments = ["--site", "example", "--since", "2020-01-01", "--until", until, "--reason", "all"]
    with pytest.raises(click.BadParameter):
        export_log.main(arguments, standalone_mode=False)


@pytest.mark.parametrize("reason", [None, "", "  ", "two\nlines", "x" * 501])
def test_no_export_without_a_reason(visitor, auditor, site, reason):
    visitor.decide()
    answer = auditor(format="csv", reason=reason)
    assert (answer.status_code, answer.json["code"]) == (422, "query_invalid")
    assert taken_away(site) == []


def taken_away(site):
    with db.engine.connect() as connection:
        return [(each.by, each.reason, each.details["format"]) for each in taken.history(connection, site.id)]


def test_every_way_of_exporting_is_in_the_log_with_who_and_why(visitor, auditor, site, app, tmp_path):
    visitor.decide()
    assert auditor(format="jsonl").get_data()
    arguments = ["--site", "example", "--since", "2020-01-01", "--reason", "by hand", "--output", str(tmp_path / "x")]
    export_log.main(arguments, standalone_mode=False)
    by_hand, by_token = taken_away(site)
    assert by_hand[1:] == ("by hand", "csv")
    assert by_token[1:] == ("yearly audit", "jsonl")
    assert by_token[0].startswith("API token ")


def test_a_place_to_go_on_from_that_is_unknown_takes_nothing_away(visitor, auditor, site):
    record_id = visitor.decide().json["record_id"]
    refused = auditor(format="csv", after="01999999-9999-7999-8999-999999999999")
    assert (refused.status_code, refused.json["code"]) == (422, "cursor_unknown")
    assert taken_away(site) == []
    assert auditor(format="csv", after=record_id).status_code == 200
    assert len(taken_away(site)) == 1


def test_the_command_line_takes_nothing_away_where_it_cannot_begin(visitor, site, tmp_path):
    record_id = visitor.decide().json["record_id"]
    given, output = ["--site", "example", "--since", "2020-01-01", "--reason", "audit"], tmp_path / "log.csv"
    with pytest.raises(click.FileError):
        export_log.main([*given, "--output", str(tmp_path / "nowhere" / "log.csv")], standalone_mode=False)
    output.write_text("from yesterday\n")
    for after in ("01999999-9999-7999-8999-999999999999", ""):
        with pytest.raises(export.CursorUnknown):
            export_log.main([*given, "--after", after, "--output", str(output)], standalone_mode=False)
    assert taken_away(site) == []
    assert output.read_text() == "from yesterday\n"
    export_log.main([*given, "--after", record_id, "--output", str(output)], standalone_mode=False)
    assert len(taken_away(site)) == 1


def test_the_command_line_refuses_a_reason_of_two_lines(site, tmp_path):
    arguments = ["--site", "example", "--since", "2020-01-01", "--reason", "a\nb", "--output", str(tmp_path / "x")]
    with pytest.raises(taken.ReasonMissing):
        export_log.main(arguments, standalone_mode=False)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("since", "until"), [("0001-01-02", "9999-12-31"), ("1969-12-31", "9999-12-30T23:59:59Z")])
def test_the_ends_of_the_calendar_are_a_period_too(visitor, auditor, site, tmp_path, since, until):
    visitor.decide()
    arguments = [
        "--site",
        "example",
        "--since",
        since,
        "--until",
        until,
        "--reason",
        "all",
        "--output",
        str(tmp_path / "x"),
    ]
    export_log.main(arguments, standalone_mode=False)
    whole = [text if len(text) > 10 else f"{text}T00:00:00Z" for text in (since, until)]
    assert auditor(format="csv", since=whole[0], until=whole[1]).get_data() == (tmp_path / "x").read_bytes()
    assert (tmp_path / "x").read_bytes().count(b"\n") == 2
