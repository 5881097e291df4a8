"""A draft that is published at a time, once, and only where everything still holds."""

import threading
from datetime import timedelta

import pytest
from flask import current_app

from consent import worker
from consent.accounts import deeds
from consent.db import transact
from consent.policies import document, planning, publish
from consent.policies.drafts import DraftChanged
from consent.policies.planning import PlanGone, PlanStands, PlanTimeInvalid
from consent.policies.review import ReviewMissing
from tests.policies.reviewing import NOW, TARO, Desk, read

DUE = NOW + timedelta(days=2)


@pytest.fixture
def desk(site):
    made = Desk(site, needs_review=False)
    made.write("題")
    return made


def plan(desk, due=DUE, edition=None):
    given = {"edition": edition or desk.edition, "due": due, "user_id": TARO, "now": NOW}
    return transact(lambda c: planning.plan(c, desk.id, **given))


def carry_out(made, now=DUE):
    return transact(lambda c: planning.carry_out(c, made.id, now))


def deeds_of(desk):
    return [each.what for each in read(deeds.of_site, desk.id)[0]]


def test_what_is_due_is_published_and_not_before(desk):
    made = plan(desk)
    assert read(planning.due, DUE - timedelta(seconds=1)) == []
    assert read(planning.due, DUE) == [made.id]
    done = carry_out(made)
    assert (done.state, done.problem, done.late) == ("published", None, False)
    assert desk.current().policy_version == made.policy_version
    assert deeds_of(desk)[0] == "plan_published"
    assert read(planning.due, DUE) == []


def test_a_plan_is_carried_out_once_however_many_do_it(desk):
    made, app, done = plan(desk), current_app._get_current_object(), []

    def work():
        with app.app_context():
            done.append(carry_out(made))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([each for each in done if each]) == 1
    assert desk.current().number == 2
    assert deeds_of(desk).count("plan_published") == 1


def test_what_comes_late_says_so(desk):
    assert carry_out(plan(desk), DUE + timedelta(hours=3)).late


def test_what_was_cancelled_is_not_published(desk):
    made, before = plan(desk), desk.current()
    transact(lambda c: planning.cancel(c, desk.id, made.id, NOW))
    assert carry_out(made) is None
    assert desk.current() == before
    with pytest.raises(PlanGone):
        transact(lambda c: planning.cancel(c, desk.id, made.id, NOW))


def test_nobody_cancels_the_plan_of_another_site(desk, other_site):
    made = plan(desk)
    with pytest.raises(PlanGone):
        transact(lambda c: planning.cancel(c, other_site.id, made.id, NOW))
    assert read(planning.standing, desk.id) == made


def test_where_something_else_was_published_since_it_is_not_published(desk):
    made = plan(desk)
    desk.publish_file("間")
    before = desk.current()
    done = carry_out(made)
    assert (done.state, done.problem) == ("refused", "overtaken")
    assert desk.current() == before
    assert deeds_of(desk)[0] == "plan_refused"


def test_what_an_update_of_the_program_has_changed_is_not_published(desk, monkeypatch):
    made = plan(desk)
    other = publish.checked(document.read(made.source))[0].replace("題".encode(), "別".encode())
    monkeypatch.setattr(publish, "checked", lambda _policy, _day: (other, []))
    done = carry_out(made)
    assert (done.state, done.problem) == ("refused", "content_changed")
    assert desk.current().number == 1


def test_the_plan_keeps_what_was_decided_while_the_draft_goes_on(desk):
    made = plan(desk)
    desk.write("もっと")
    assert carry_out(made).state == "published"
    assert desk.current().policy_version == made.policy_version
    assert desk.publish().number == 3


def test_a_site_has_one_plan_at_a_time(desk):
    plan(desk)
    with pytest.raises(PlanStands):
        plan(desk)


def test_after_a_plan_has_ended_there_may_be_another(desk):
    carry_out(plan(desk))
    desk.write("次")
    assert plan(desk, DUE + timedelta(days=1)).state == "planned"


@pytest.mark.parametrize("due", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=367)])
def test_a_time_that_is_past_or_far_away_is_refused(desk, due):
    with pytest.raises(PlanTimeInvalid):
        plan(desk, due)


def test_only_what_was_checked_is_planned(desk):
    with pytest.raises(DraftChanged):
        plan(desk, edition=99)


def test_a_plan_needs_the_approval_that_publishing_needs(desk):
    desk.require(True)
    with pytest.raises(ReviewMissing):
        plan(desk)
    desk.answer(desk.ask())
    made = plan(desk)
    desk.write("もっと")
    assert carry_out(made).state == "published"


def test_a_site_that_asks_for_a_review_since_is_asked_for_it_when_the_time_comes(desk):
    made = plan(desk)
    desk.require(True)
    done = carry_out(made)
    assert (done.state, done.problem) == ("refused", "review_missing")
    assert desk.current().number == 1


def test_the_worker_publishes_what_is_due(desk, monkeypatch):
    made = plan(desk)
    monkeypatch.setattr(worker.clock, "now", lambda: NOW)
    worker.publish_planned()
    assert desk.current().number == 1
    monkeypatch.setattr(worker.clock, "now", lambda: DUE)
    worker.publish_planned()
    assert desk.current().policy_version == made.policy_version
