"""Where a site asks for it, a second person stands behind every publication."""

import threading

import pytest
from flask import current_app

from consent.db import transact
from consent.policies import asking, publish, review
from consent.policies.drafts import DraftChanged, NothingToPublish
from consent.policies.findings import PolicyRefused
from consent.policies.review import CommentInvalid, OwnWork, ReviewMissing, ReviewVoid
from tests.policies.reviewing import HANAKO, JIRO, NOW, TARO, Desk, read


@pytest.fixture
def desk(site):
    made = Desk(site)
    made.write("題")
    return made


def test_without_an_approval_nothing_is_published(desk):
    before = desk.current()
    with pytest.raises(ReviewMissing):
        desk.publish()
    desk.ask()
    with pytest.raises(ReviewMissing):
        desk.publish()
    assert desk.current() == before


def test_what_a_second_person_has_approved_is_published(desk):
    desk.answer(desk.ask())
    asked = desk.newest()
    made = desk.publish()
    assert made.policy_version == asked.policy_version
    assert (asked.asked_by, asked.answered_by, asked.answer) == (TARO, HANAKO, "approved")


def test_a_site_that_does_not_ask_for_it_publishes_without(site):
    desk = Desk(site, needs_review=False)
    desk.write("題")
    assert desk.publish().number == 2


def test_nobody_approves_what_they_have_written_or_asked_for(desk):
    asked = desk.ask(user_id=HANAKO)
    for user_id in (TARO, HANAKO):
        with pytest.raises(OwnWork):
            desk.answer(asked, user_id)
        with pytest.raises(OwnWork):
            desk.answer(asked, user_id, approves=False, comment="no")
    assert desk.newest().answer is None
    assert desk.answer(asked, JIRO).answer == "approved"


def test_every_change_of_the_draft_makes_the_approval_void(desk):
    desk.answer(desk.ask())
    desk.write("別")
    with pytest.raises(ReviewMissing):
        desk.publish()
    desk.write("題")  # the same words again: the approval was of another edition
    with pytest.raises(ReviewMissing):
        desk.publish()
    assert not desk.newest().stands


def test_what_is_published_meanwhile_makes_the_approval_void(desk):
    desk.answer(desk.ask())
    desk.publish_file("間", waived=True)
    with pytest.raises(ReviewMissing):
        desk.publish()


def test_an_approval_counts_once(desk):
    first = desk.current().policy_version
    desk.answer(desk.ask())
    desk.publish()
    transact(lambda c: publish.publish_again(c, desk.id, first, NOW, published_by="cli", waived=True))
    with pytest.raises(ReviewMissing):
        desk.publish()


def test_what_was_sent_back_is_not_published_and_says_why(desk):
    desk.answer(desk.ask(), approves=False, comment=" 第2項を直してください ")
    assert (desk.newest().answer, desk.newest().comment) == ("sent_back", "第2項を直してください")
    with pytest.raises(ReviewMissing):
        desk.publish()


def test_sending_back_needs_a_reason_and_a_short_one(desk):
    asked = desk.ask()
    for comment in ("", " \n", "x" * 2001):
        with pytest.raises(CommentInvalid):
            desk.answer(asked, approves=False, comment=comment)
    assert desk.newest().is_open


def test_what_was_withdrawn_can_no_longer_be_approved(desk):
    asked = desk.ask()
    transact(lambda c: review.withdraw(c, desk.id, asked, user_id=TARO, now=NOW))
    with pytest.raises(ReviewVoid):
        desk.answer(asked)


def test_asking_again_replaces_what_was_asked_before(desk):
    first = desk.ask()
    second = desk.ask()
    with pytest.raises(ReviewVoid):
        desk.answer(first)
    assert desk.answer(second).answer == "approved"
    assert [each.stands for each in read(review.history, desk.id)] == [True, False]


def test_an_approval_that_was_asked_for_again_is_gone(desk):
    desk.answer(desk.ask())
    desk.ask()
    with pytest.raises(ReviewMissing):
        desk.publish()


def test_a_review_of_another_site_is_nobodys(desk, other_site):
    asked, other = desk.ask(), Desk(other_site)
    other.write("題")
    other.ask()
    with pytest.raises(ReviewVoid):
        other.answer(asked)
    assert desk.newest().is_open


def test_only_what_could_be_published_is_asked_about(desk):
    edition = desk.edition
    with pytest.raises(DraftChanged):
        transact(lambda c: asking.ask_about_draft(c, desk.id, edition=edition - 1, user_id=TARO, now=NOW))
    desk.answer(desk.ask())
    desk.publish()
    with pytest.raises(NothingToPublish):
        desk.ask()
    desk.write("")
    with pytest.raises(PolicyRefused):
        desk.ask()


def test_an_older_version_is_published_again_only_after_a_review(desk):
    first = desk.current().policy_version
    desk.publish_file("間", waived=True)

    def again():
        return transact(lambda c: publish.publish_again(c, desk.id, first, NOW, published_by="taro"))

    with pytest.raises(ReviewMissing):
        again()
    transact(lambda c: asking.ask_about_version(c, desk.id, first, user_id=TARO, now=NOW))
    desk.answer(desk.newest().id)
    desk.write("別")  # the draft is something else
    assert again().policy_version == first


def test_a_version_that_is_current_or_was_never_there_is_not_asked_about(desk):
    current = desk.current().policy_version
    for version, refusal in ((current, NothingToPublish), ("0" * 64, publish.VersionUnknown)):
        with pytest.raises(refusal):
            transact(lambda c, v=version: asking.ask_about_version(c, desk.id, v, user_id=TARO, now=NOW))


def test_the_approved_bytes_and_no_others_are_published_from_a_file(desk):
    desk.answer(desk.ask())
    with pytest.raises(ReviewMissing):
        desk.publish_file("別")
    assert desk.publish_file("題").policy_version == desk.newest().policy_version


def together(*actions):
    """Each in a thread of its own, at the same moment. What they raised, or None."""
    app, barrier, outcomes = current_app._get_current_object(), threading.Barrier(len(actions)), [None] * len(actions)

    def run(index, action):
        with app.app_context():
            barrier.wait()
            try:
                action()
            except Exception as error:
                outcomes[index] = type(error)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


def test_of_two_who_answer_at_once_one_is_told_so(desk):
    for _ in range(5):
        asked = desk.ask()
        outcomes = together(
            lambda asked=asked: desk.answer(asked, HANAKO),
            lambda asked=asked: desk.answer(asked, JIRO, approves=False, comment="no"),
        )
        assert sorted(map(str, outcomes)) == sorted(map(str, (None, ReviewVoid)))
        winner = HANAKO if outcomes[0] is None else JIRO
        assert desk.newest().answered_by == winner


def test_a_draft_that_changes_while_it_is_approved_is_never_published_by_that_approval(desk):
    for turn in range(5):
        asked = desk.ask()
        changed = together(lambda asked=asked: desk.answer(asked), lambda turn=turn: desk.write(f"題{turn}"))
        assert changed[1] is None, "the change is kept"
        assert changed[0] in (None, ReviewVoid)
        with pytest.raises(ReviewMissing):
            desk.publish()
