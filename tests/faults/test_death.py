"""The platform dies, or its database does: what was acknowledged is there, once, and nothing else is claimed."""

import http.client
import json
import shutil
import signal
import threading
import time
import urllib.request
from contextlib import closing, suppress

import pytest

from tests.conftest import fresh_postgres
from tests.people import ORIGIN, Visitor
from tests.platform import Platform

ON_SQLITE, ON_POSTGRESQL = (
    pytest.mark.parametrize("unstarted", [name], indirect=True) for name in ("sqlite", "postgresql")
)


@pytest.fixture(params=["sqlite", "postgresql"])
def unstarted(request, tmp_path):
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "consent.sqlite")
        platform = Platform(tmp_path)
    else:
        platform = Platform(tmp_path, fresh_postgres(request.getfixturevalue("postgres")))
    yield platform
    platform.close()


@pytest.fixture
def platform(unstarted):
    unstarted.start()
    return unstarted


def body_maker(platform, key):
    with platform.app.app_context():
        from consent import sites
        from consent.db import db

        with db.engine.connect() as connection:
            visitor = Visitor(None, sites.find(connection, key))
        return lambda: visitor.body("accept_all")


def post(platform, key, body, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=20)
    try:
        connection.request("POST", f"/api/v1/sites/{key}/records", body, {"Origin": ORIGIN, **(headers or {})})
        with connection.getresponse() as answer:
            return answer.status, json.loads(answer.read()), answer.headers
    finally:
        connection.close()


def keep_posting(platform, key, make, acknowledged, stop):
    while not stop.is_set():
        body = make()
        try:
            status, _, _ = post(platform, key, json.dumps(body))
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)  # who knocks without a pause takes the processor from the one that is coming back
            continue
        if status == 201:
            acknowledged.append(body["record_id"])


def wait_for_more_than(some, acknowledged):
    """The load has got through, however long that takes on a busy machine."""
    end = time.monotonic() + 30
    while len(acknowledged) <= some:
        assert time.monotonic() < end, f"{len(acknowledged)} acknowledged"
        time.sleep(0.01)


def test_every_acknowledged_record_survives_a_kill_and_none_is_there_twice(platform):
    key = platform.make_site([ORIGIN])
    make, acknowledged, stop = body_maker(platform, key), [], threading.Event()
    arguments = (platform, key, make, acknowledged, stop)
    threads = [threading.Thread(target=keep_posting, args=arguments) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for kill in range(1, 4):
            wait_for_more_than(20 * kill, acknowledged)
            platform.stop(signal.SIGKILL)
            platform.start()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    stored = [row["record_id"] for row in platform.records(key)]
    assert len(stored) == len(set(stored))
    assert set(acknowledged) - set(stored) == set()


def test_a_record_sent_again_after_the_kill_is_there_once(platform):
    key = platform.make_site([ORIGIN])
    body = json.dumps(body_maker(platform, key)())
    first = post(platform, key, body)
    platform.stop(signal.SIGKILL)
    platform.start()
    second = post(platform, key, body)
    assert (first[0], second[0]) == (201, 201)
    assert first[1] == second[1]
    assert len(platform.records(key)) == 1


@ON_POSTGRESQL
def test_a_database_that_goes_away_is_a_503_and_comes_back_without_a_restart(platform, postgres):
    key = platform.make_site([ORIGIN])
    make = body_maker(platform, key)
    assert post(platform, key, json.dumps(make()))[0] == 201
    postgres.stop("immediate")
    try:
        answers = [post(platform, key, json.dumps(make())) for _ in range(4)]
    finally:
        postgres.start()
    assert {status for status, _, _ in answers} == {503}
    assert {body["code"] for _, body, _ in answers} == {"database_unavailable"}
    assert all(int(headers["Retry-After"]) > 0 for _, _, headers in answers)
    recovered = [post(platform, key, json.dumps(make()))[0] for _ in range(40)]
    assert 201 in recovered
    assert recovered[-1] == 201
    assert len(platform.records(key)) == 1 + recovered.count(201)


@ON_SQLITE
def test_a_body_that_announces_no_length_is_cut_off_too(platform):
    key = platform.make_site([ORIGIN])
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=20)
    chunks = (b"x" * 1_000 for _ in range(200))
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not listen to the end before it answers
        connection.request("POST", f"/api/v1/sites/{key}/records", chunks, {"Origin": ORIGIN}, encode_chunked=True)
    with closing(connection), connection.getresponse() as answer:
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "body_too_large")


@ON_SQLITE
def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun(platform):
    key = platform.make_site([ORIGIN])
    make, acknowledged, stop = body_maker(platform, key), [], threading.Event()
    thread = threading.Thread(target=keep_posting, args=(platform, key, make, acknowledged, stop))
    thread.start()
    time.sleep(0.5)
    platform.stop(signal.SIGTERM)
    stop.set()
    thread.join()
    assert set(acknowledged) <= {row["record_id"] for row in platform.records(key)}
    assert acknowledged


@ON_POSTGRESQL
def test_the_metrics_count_what_every_process_has_done(unstarted):
    platform = unstarted
    platform.start(CONSENT_METRICS="on", CONSENT_WORKERS="3")
    key = platform.make_site([ORIGIN])
    make = body_maker(platform, key)
    assert {post(platform, key, json.dumps(make()))[0] for _ in range(30)} == {201}
    with urllib.request.urlopen(f"{platform.url}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert 'consent_records_total{decision="accept_all",source="banner"} 30.0' in text
