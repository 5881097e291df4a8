"""One address cannot flood the log, and its limit says when to come back."""

import threading

import pytest
from sqlalchemy import func, select

from consent import clock, db, ratelimit, sites
from consent.config import ConfigError
from consent.policies import publish
from consent.policies.document import read
from consent.records.models import record_table
from tests.people import ORIGIN, Visitor, example_policy
from tests.redis_server import PASSWORD, running_redis


@pytest.fixture
def limited(app_with):
    app = app_with(rate_limit_records="3/hour", trusted_proxies="1")
    with app.app_context():

        def unit(connection):
            site = sites.create(connection, name="Example", origins=[ORIGIN], key="example", now=clock.now())
            publish.publish(connection, site.id, read(example_policy()), now=clock.now(), published_by="tests")
            return site

        yield Visitor(app.test_client(), db.transact(unit))


def test_the_fourth_record_of_an_address_within_the_hour_is_refused(limited):
    answers = [limited.decide() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[3].json["code"] == "rate_limited"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 3600
    assert answers[3].headers["Access-Control-Allow-Origin"] == ORIGIN
    with db.db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(record_table)).scalar() == 3


def test_another_address_is_not_held_up_and_the_leftmost_one_is_not_believed(limited):
    """A client may write anything into X-Forwarded-For; the trusted proxy appends what it has seen."""

    def send(forwarded):
        return limited.send(limited.body(), **{"X-Forwarded-For": forwarded}).status_code

    assert [send(f"203.0.113.{n}, 198.51.100.7") for n in range(4)] == [201, 201, 201, 429]
    assert send("203.0.113.1, 198.51.100.8") == 201


def test_a_request_of_another_origin_does_not_count(limited):
    for _ in range(5):
        assert limited.send(limited.body(), origin="https://evil.example").status_code == 403
    assert limited.decide().status_code == 201


def from_address(limited, address):
    return limited.send(limited.body(), **{"X-Forwarded-For": address}).status_code


def test_a_customer_with_a_network_of_ipv6_addresses_is_one(limited):
    assert [from_address(limited, f"2001:db8:1:2::{n}") for n in range(4)] == [201, 201, 201, 429]
    assert from_address(limited, "2001:db8:1:3::1") == 201


def test_an_ipv4_address_in_the_form_of_the_other_is_the_same(limited):
    seen = ["198.51.100.7", "::ffff:198.51.100.7", "198.51.100.7", "::ffff:198.51.100.7"]
    assert [from_address(limited, address) for address in seen] == [201, 201, 201, 429]
    assert from_address(limited, "::ffff:198.51.100.8") == 201


@pytest.fixture
def now(monkeypatch):
    """The seconds that the limit sees; a test may move them."""
    now = [1_000.0]
    monkeypatch.setattr("consent.ratelimit.time.time", lambda: now[0])
    return now


def test_a_window_begins_with_the_first_hit_and_afterwards_nobody_is_held(now):
    memory = ratelimit.Memory(60)
    assert [memory.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    now[0] += 59
    assert (memory.incr("a", 60), memory.get_expiry("a")) == (4, 1_060)
    now[0] += 2
    assert (memory.get("a"), memory.incr("b", 60)) == (0, 1)
    assert memory.reset() == 1, "the other is gone"


def test_no_more_addresses_are_held_than_memory_was_meant_for(now, monkeypatch):
    monkeypatch.setattr(ratelimit, "MOST_ADDRESSES", 3)
    memory = ratelimit.Memory(60)
    assert [memory.incr(str(each), 60) for each in range(5)] == [1] * 5
    assert memory.reset() == 3


def test_counting_starts_no_thread(limited):
    limited.decide()
    before = set(threading.enumerate())
    assert limited.decide().status_code == 201
    assert set(threading.enumerate()) == before


@pytest.fixture
def counter():
    with running_redis() as server:
        yield server


@pytest.fixture
def processes(site, app_with, counter):
    """processes(): visitors of one address in two processes that count together. Made in the test: they log to its stderr."""
    setting = {"rate_limit_records": "3/hour", "rate_limit_storage": counter.url, "log_level": "warning"}
    return lambda: [Visitor(app_with(**setting).test_client(), site) for _ in range(2)]


def statuses(*visitors):
    return [each.decide().status_code for each in visitors]


def test_processes_with_a_shared_storage_count_together(processes):
    one, other = processes()
    assert statuses(one, other, one) == [201, 201, 201]
    refused = other.decide()
    assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


def test_while_the_shared_storage_is_gone_each_process_counts_by_itself(processes, counter, capfd):
    one, other = processes()
    counter.stop()
    assert statuses(one, one, one, one, other) == [201, 201, 201, 429, 201]
    counter.start()
    said = capfd.readouterr().err
    assert said.count("rate_limit_storage_away") == 2, "each process once"
    assert PASSWORD not in said


def test_a_storage_that_takes_connections_and_says_nothing_holds_nobody_up(processes, counter):
    one, _ = processes()
    with counter.held():
        assert statuses(one, one, one, one) == [201, 201, 201, 429]


def test_a_storage_that_is_back_counts_again(processes, counter, monkeypatch):
    monkeypatch.setattr(ratelimit, "SHARED_AGAIN_S", 0)
    one, other = processes()
    assert statuses(one) == [201]
    counter.stop()
    assert statuses(one) == [201]
    counter.start()  # empty: it keeps nothing
    assert statuses(one, other, one, other) == [201, 201, 201, 429]


def test_after_a_restart_of_the_storage_nothing_is_counted_apart(processes, counter, capfd):
    """The connections from before are dead, which redis-py sees when it takes one."""
    one, _ = processes()
    assert statuses(one) == [201]
    counter.stop()
    counter.start()
    assert statuses(one) == [201]
    assert "rate_limit_storage_away" not in capfd.readouterr().err


@pytest.mark.parametrize("storage", ["", "memory", "memcached://127.0.0.1", "http://127.0.0.1"])
def test_another_storage_is_refused_at_the_start(app_with, storage):
    with pytest.raises(ConfigError, match="RATE_LIMIT_STORAGE must be memory:// or start with redis://"):
        app_with(rate_limit_storage=storage)


def test_a_port_that_is_none_is_refused_without_saying_what_may_be_a_password(app_with):
    with pytest.raises(ConfigError, match="has no number for a port") as refused:
        app_with(rate_limit_storage="redis://:gehe/im@127.0.0.1:6379")
    assert "gehe" not in str(refused.value)


def test_a_shared_storage_without_its_library_is_refused_at_the_start(app_with, monkeypatch):
    monkeypatch.setattr("consent.config.find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match="needs the extra `redis`"):
        app_with(rate_limit_storage="redis://127.0.0.1")
