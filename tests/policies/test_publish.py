import threading
from datetime import UTC, datetime, timedelta

import pytest

from consent.db import db, transact
from consent.ledger.logs import open_log
from consent.merkle.canonical import digest
from consent.policies import publish
from consent.policies.findings import PolicyRefused
from consent.policies.models import policy_version_table, publication_table
from tests.policies.policy import ACME, CUSTOM, source

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SITE, OTHER = 101, 102
WITH_CHAT = {"services": [CUSTOM], "vendors": [ACME]}


@pytest.fixture(autouse=True)
def logs(app):
    """Publishing tells the log of the site."""
    for site in (SITE, OTHER):
        transact(lambda connection, site=site: open_log(connection, site, f"site{site}.example/consent", NOW))


def put(site=SITE, now=NOW, **changes):
    return transact(lambda connection: publish.publish(connection, site, source(**changes), now, published_by="taro"))


def again(version, site=SITE):
    return transact(lambda connection: publish.publish_again(connection, site, version, NOW, published_by="hanako"))


def look(query, *args):
    with db.engine.connect() as connection:
        return query(connection, *args)


def count(table):
    with db.engine.connect() as connection:
        return len(connection.execute(table.select()).all())


def test_what_is_published_is_the_current_version():
    made = put()
    assert (made.number, made.material, made.material_since, made.published_by) == (1, True, 1, "taro")
    assert made.published_ms == int(NOW.timestamp() * 1000)
    assert look(publish.current, SITE) == made
    assert [each["code"] for each in made.reasons] == ["first_publication"]


def test_nothing_published_is_none():
    assert look(publish.current, SITE) is None
    assert look(publish.history, SITE) == []


def test_a_version_is_the_hash_of_its_bytes():
    version = put().policy_version
    assert digest(look(publish.by_version, version)) == version


def test_an_unknown_version_is_a_typed_error():
    with pytest.raises(publish.VersionUnknown) as caught:
        look(publish.by_version, "0" * 64)
    assert (caught.value.code, caught.value.status) == ("version_unknown", 404)


def test_publishing_the_same_again_does_nothing_and_says_so():
    first, second = put(), put(now=NOW + timedelta(days=1))
    assert (first.unchanged, second.unchanged) == (False, True)
    assert second.number == 1
    assert second.published_ms == first.published_ms
    assert count(publication_table) == 1


def test_a_policy_with_errors_is_refused_with_every_finding_and_nothing_is_stored():
    with pytest.raises(PolicyRefused) as caught:
        put(consent={"cookie": "a b", "lifetime_days": 0})
    assert {each["code"] for each in caught.value.errors} == {"cookie_name_invalid", "lifetime_out_of_range"}
    assert (count(publication_table), count(policy_version_table)) == (0, 0)


def test_warnings_do_not_hold_up_publishing():
    made = put(consent_mode={"mode": "advanced"})
    assert [each.code for each in made.warnings] == ["consent_mode_advanced"]


def test_a_wording_change_keeps_the_number_of_the_last_material_change():
    put()
    made = put(texts={"ja": {"title": "題"}})
    assert (made.number, made.material, made.material_since, made.reasons) == (2, False, 1, ())


def test_a_new_service_is_asked_about_again():
    put()
    put(texts={"ja": {"title": "題"}})
    made = put(**WITH_CHAT)
    assert (made.number, made.material, made.material_since) == (3, True, 3)


def test_rolling_back_publishes_the_old_bytes_again():
    first = put(**WITH_CHAT)
    put()
    made = again(first.policy_version)
    assert (made.number, made.policy_version, made.published_by) == (3, first.policy_version, "hanako")
    # The service was gone in between, so that it has to be asked about again.
    assert made.material_since == 3
    assert count(policy_version_table) == 2


def test_a_version_that_is_current_again_is_known_by_its_last_publication():
    first = put()
    put(texts={"ja": {"title": "題"}})
    again(first.policy_version)
    assert look(publish.latest_of, SITE, first.policy_version).number == 3


def test_rolling_back_to_a_version_of_another_site_is_refused():
    other = put(site=OTHER, **WITH_CHAT)
    put()
    with pytest.raises(publish.VersionUnknown):
        again(other.policy_version)


def test_two_sites_share_a_version_and_nothing_else():
    one, other = put(), put(site=OTHER)
    assert one.policy_version == other.policy_version
    assert (one.number, other.number) == (1, 1)
    assert count(policy_version_table) == 1


def test_history_is_newest_first_and_of_one_site():
    put()
    put(**WITH_CHAT)
    put(site=OTHER)
    assert [each.number for each in look(publish.history, SITE)] == [2, 1]


def test_a_version_is_found_by_the_beginning_of_its_hash():
    version = put().policy_version
    assert look(publish.version_of_site, SITE, version[:16]) == version
    assert look(publish.version_of_site, OTHER, version[:16]) is None
    assert look(publish.version_of_site, SITE, "%") is None


def test_a_prefix_that_names_two_versions_names_none():
    put()
    put(**WITH_CHAT)
    assert look(publish.version_of_site, SITE, "") is None


def test_another_publisher_in_the_same_moment_is_a_conflict(monkeypatch):
    put()
    # We look, somebody else publishes, we write: what we compared with is no longer current.
    seen = look(publish.current, SITE)
    put(**WITH_CHAT)
    monkeypatch.setattr(publish, "current", lambda *_: seen)
    with pytest.raises(publish.PublishConflict) as caught:
        put(texts={"ja": {"title": "題"}})
    assert (caught.value.code, caught.value.status) == ("publish_conflict", 409)
    monkeypatch.undo()
    assert look(publish.current, SITE).number == 2


def test_publishers_that_race_leave_a_history_without_gaps(app):
    put()
    outcomes = []

    def one(number):
        with app.app_context():
            try:
                outcomes.append(put(texts={"ja": {"title": f"題{number}"}}).number)
            except publish.PublishConflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [each for each in outcomes if each != "conflict"]
    assert len(outcomes) == 6
    assert len(numbers) == len(set(numbers)) >= 1
    assert [each.number for each in look(publish.history, SITE)] == list(range(len(numbers) + 1, 0, -1))
