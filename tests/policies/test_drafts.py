import threading
from datetime import UTC, datetime

import pytest

from consent.db import db, transact
from consent.ledger.logs import open_log
from consent.policies import drafts, editing, publish, writing
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import PolicyRefused
from tests.policies.policy import source

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SITE, TARO, HANAKO = 101, 1, 2
STARTER = drafts.starter(name="Sample", url="https://example.com/privacy")


@pytest.fixture(autouse=True)
def log(app):
    transact(lambda connection: open_log(connection, SITE, f"site{SITE}.example/consent", NOW))


def published(**changes):
    return transact(lambda connection: publish.publish(connection, SITE, source(**changes), NOW, published_by="taro"))


def look():
    with db.engine.connect() as connection:
        return drafts.look(connection, SITE, otherwise=STARTER)


def save(text, edition, user_id=TARO):
    transact(lambda c: drafts.save(c, SITE, text, edition=edition, user_id=user_id, now=NOW))


def titled(title):
    return writing.text(source(texts={"ja": {"title": title}}))


def publish_draft(edition):
    return transact(lambda c: drafts.publish_draft(c, SITE, edition=edition, now=NOW, published_by="taro"))


def test_a_site_that_has_nothing_begins_with_the_starter():
    assert look().policy == STARTER
    assert (look().edition, look().based_on) == (0, None)


def test_a_draft_begins_with_what_is_published():
    made = published()
    assert (look().edition, look().based_on) == (0, made.policy_version)
    assert [each["id"] for each in look().policy["services"]] == ["ga4", "marketo"]


def test_what_is_saved_is_the_draft_and_says_by_whom():
    made = published()
    save(titled("題"), 0)
    draft = look()
    assert draft.policy["texts"] == {"ja": {"title": "題"}}
    assert (draft.edition, draft.updated_by, draft.based_on) == (1, TARO, made.policy_version)
    assert draft.updated_ms == int(NOW.timestamp() * 1000)


def test_what_cannot_be_read_is_not_saved():
    with pytest.raises(PolicyRefused):
        save("schema: 2", 0)
    assert look().edition == 0


@pytest.mark.parametrize("edition", [0, 1, 3, -1])
def test_whoever_has_read_another_edition_changes_nothing_and_gets_both_texts(edition):
    save(titled("一"), 0)
    save(titled("二"), 1)
    with pytest.raises(DraftChanged) as caught:
        save(titled("三"), edition, HANAKO)
    assert (caught.value.status, caught.value.code) == (409, "draft_changed")
    assert caught.value.theirs.source == titled("二")
    assert caught.value.yours == titled("三")
    assert look().source == titled("二")


def test_of_people_who_save_in_the_same_moment_one_wins_and_the_others_are_told(app):
    save(titled("一"), 0)
    outcomes = []

    def one(number):
        with app.app_context():
            try:
                save(titled(f"題{number}"), 1)
                outcomes.append(number)
            except DraftChanged:
                outcomes.append("changed")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [each for each in outcomes if each != "changed"]
    assert len(outcomes) == 4
    assert look().source == titled(f"題{winner}")


def test_discarding_goes_back_to_what_is_published_and_no_edition_comes_twice():
    published()
    before = look().source
    save(titled("題"), 0)
    transact(lambda c: drafts.discard(c, SITE, otherwise=STARTER, edition=1, user_id=TARO, now=NOW))
    assert (look().source, look().edition) == (before, 2)
    with pytest.raises(DraftChanged):
        save(titled("題"), 1)


def test_discarding_a_draft_that_somebody_has_changed_is_refused():
    save(titled("一"), 0)
    with pytest.raises(DraftChanged):
        transact(lambda c: drafts.discard(c, SITE, otherwise=STARTER, edition=0, user_id=TARO, now=NOW))
    assert look().source == titled("一")


def test_an_older_version_becomes_the_draft():
    first = published(texts={"ja": {"title": "昔の題"}})
    published()
    transact(lambda c: drafts.restore(c, SITE, first.policy_version, edition=0, user_id=TARO, now=NOW))
    assert look().policy["texts"]["ja"]["title"] == "昔の題"


def test_a_version_that_the_site_never_published_is_not_restored():
    with pytest.raises(publish.VersionUnknown):
        transact(lambda c: drafts.restore(c, SITE, "0" * 64, edition=0, user_id=TARO, now=NOW))


def test_publishing_a_draft_makes_it_current_and_a_second_time_there_is_nothing_to_publish():
    save(titled("題"), 0)
    made = publish_draft(1)
    assert (made.number, look().based_on) == (1, made.policy_version)
    with pytest.raises(NothingToPublish):
        publish_draft(1)


def test_publishing_what_was_not_checked_is_refused():
    save(titled("一"), 0)
    save(titled("二"), 1)
    with pytest.raises(DraftChanged):
        publish_draft(1)
    with db.engine.connect() as connection:
        assert publish.current(connection, SITE) is None


def test_publishing_without_a_draft_is_refused():
    with pytest.raises(NothingToPublish):
        publish_draft(0)


def test_a_draft_with_errors_is_kept_and_not_published():
    save(writing.text(source(consent={"lifetime_days": 0})), 0)
    with pytest.raises(PolicyRefused):
        publish_draft(1)


def test_adding_a_service_brings_its_category_in_the_order_that_visitors_read():
    policy, name = editing.add_service(STARTER, "marketo")
    policy, other = editing.add_service(policy, "ga4")
    assert (name, other) == ("marketo", "ga4")
    assert [each["id"] for each in policy["categories"]] == ["necessary", "analytics", "ma"]


def test_the_same_preset_twice_gets_an_id_of_its_own():
    policy, _ = editing.add_service(STARTER, "ga4")
    assert editing.add_service(policy, "ga4")[1] == "ga4-2"


def test_a_preset_or_part_that_is_not_there_is_a_typed_error():
    with pytest.raises(editing.PartUnknown):
        editing.add_service(STARTER, "nothing")
    with pytest.raises(editing.PartUnknown):
        editing.remove(STARTER, "services", "ga4")


def test_an_empty_text_stands_for_the_built_in_one():
    policy = editing.set_texts(STARTER, {"ja": {"title": "題", "body": ""}})
    assert policy["texts"] == {"ja": {"title": "題"}}
    assert editing.set_texts(policy, {"ja": {"title": ""}})["texts"] == {}
    named = editing.set_category(STARTER, "necessary", {"name": {"ja": "必須", "en": ""}})
    assert named["categories"] == [{"id": "necessary", "name": {"ja": "必須"}}]


def test_a_language_that_goes_takes_its_own_texts_along():
    policy = editing.set_texts(STARTER, {"ja": {"title": "題"}, "en": {"title": "Title"}})
    assert editing.set_languages(policy, ["en", "de", "en"])["languages"] == ["en", "de"]
    assert editing.set_languages(policy, ["en"])["texts"] == {"en": {"title": "Title"}}


def test_a_version_that_this_site_never_published_is_not_restored():
    """Though its bytes are there: another site has published them."""
    other = SITE + 1
    transact(lambda connection: open_log(connection, other, "other.example/consent", NOW))
    made = transact(lambda c: publish.publish(c, other, source(), NOW, published_by="taro"))
    with pytest.raises(publish.VersionUnknown):
        transact(lambda c: drafts.restore(c, SITE, made.policy_version, edition=0, user_id=TARO, now=NOW))
    assert look().edition == 0


def test_a_draft_that_is_begun_anew_follows_what_is_published_now():
    published()
    save(titled("題"), 0)
    newer = published(texts={"ja": {"title": "新"}})
    assert look().based_on != newer.policy_version, "saving later does not make it newer"
    save(titled("題2"), 1)
    assert look().based_on != newer.policy_version
    transact(lambda c: drafts.discard(c, SITE, otherwise=STARTER, edition=2, user_id=TARO, now=NOW))
    assert look().based_on == newer.policy_version


def test_only_the_edition_that_was_published_follows_what_is_published():
    save(titled("一"), 0)
    save(titled("二"), 1)
    transact(lambda c: drafts.note_published(c, SITE, "0" * 64, edition=1))
    assert look().based_on is None
    transact(lambda c: drafts.note_published(c, SITE, "0" * 64, edition=2))
    assert look().based_on == "0" * 64
