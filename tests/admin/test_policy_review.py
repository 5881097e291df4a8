"""Review by a second person and publishing at a time, in the web UI."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consent import clock, db
from consent.accounts import deeds
from consent.admin.policy_plan import moment_of
from consent.policies import planning
from consent.policies.planning import PlanTimeInvalid
from tests.admin.test_policy import HOSTILE, POLICY, edition, published, send

SETTINGS = "/admin/sites/example/settings"
RULES = {"lifetime_days": "90", "cookie": "consent", "mode": "basic", "wait_for_update": "500", "law": "jp"}


@pytest.fixture
def owner(person, site):
    made = person("owner", site)
    assert made.post(f"{SETTINGS}/review", {"needed": "yes"}).status_code == 303
    return made


@pytest.fixture
def editor(person, site, owner):
    made = person("editor", site)
    send(made, "/consent", RULES)
    return made


def deeds_of(site):
    with db.db.engine.connect() as connection:
        return [each.what for each in deeds.of_site(connection, site.id)[0]]


def ask(person):
    return send(person, "/review", of="/check")


def answer_address(person, page="/check"):
    return re.search(r'action="([^"]+/answer)"', person.get(f"{POLICY}{page}").text)[1]


def test_from_asking_to_publishing(owner, editor, site):
    page = editor.get(f"{POLICY}/check").text
    assert "/policy/publish" not in page
    assert ask(editor).status_code == 303
    assert "/answer" not in editor.get(f"{POLICY}/check").text
    assert f"{editor.user.name} has asked for a review" in owner.get(POLICY).text
    assert owner.post(answer_address(owner), {"answer": "approve", "comment": "Good."}).status_code == 303
    assert "Exactly this can be published now" in editor.get(f"{POLICY}/check").text
    assert send(editor, "/publish", of="/check").location == f"{POLICY}?saved=published"
    assert published(site).number == 2
    assert "Published as number 2" in owner.get(POLICY).text
    assert deeds_of(site)[:4] == ["policy_published", "review_approved", "review_asked", "review_turned_on"]


def test_the_button_is_not_the_only_thing_that_is_missing(owner, editor, site):
    answer = editor.post(f"{POLICY}/publish", {"edition": edition(editor.get(f"{POLICY}/check").text)})
    assert answer.status_code == 409
    assert "Ask for a review first" in answer.text
    assert published(site).number == 1


def test_nobody_answers_their_own_request_by_its_address(owner, editor, site):
    ask(editor)
    answer = editor.post(answer_address(owner), {"answer": "approve"})
    assert answer.status_code == 403
    assert "Somebody else has to answer" in answer.text
    assert published(site).number == 1


def test_what_is_sent_back_says_why_and_a_comment_is_text(owner, editor, person, site):
    ask(editor)
    address = answer_address(owner)
    refused = owner.post(address, {"answer": "send_back", "comment": " "})
    assert refused.status_code == 422
    long = owner.post(address, {"answer": "send_back", "comment": "x" * 2001})
    assert long.status_code == 422
    assert "x" * 2001 in long.text, "what was written is still there"
    assert owner.post(address, {"answer": "send_back", "comment": HOSTILE}).status_code == 303
    auditor = person("auditor", site)
    for page in (editor.get(f"{POLICY}/check").text, auditor.get(POLICY).text):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
    assert "/answer" not in auditor.get(f"{POLICY}/check").text
    assert "review_sent_back" in deeds_of(site)


def test_two_who_answer_are_told_which_counts(owner, editor, person, site):
    ask(editor)
    other, address = person("editor", site), answer_address(owner)
    assert owner.post(address, {"answer": "approve"}).status_code == 303
    late = other.post(address, {"answer": "send_back", "comment": "No!"})
    assert late.status_code == 409
    assert "This review is over" in late.text
    assert "approved" in owner.get(POLICY).text


def test_a_draft_that_changes_takes_the_approval_with_it(owner, editor, site):
    ask(editor)
    address = answer_address(owner)
    send(editor, "/consent", {**RULES, "lifetime_days": "91"})
    assert owner.post(address, {"answer": "approve"}).status_code == 409
    ask(editor)
    owner.post(answer_address(owner), {"answer": "approve"})
    send(editor, "/consent", {**RULES, "lifetime_days": "92"})
    assert "no longer counts" in editor.get(f"{POLICY}/check").text
    assert send(editor, "/publish", of="/source").status_code == 409
    assert published(site).number == 1


def test_who_asked_may_withdraw(owner, editor, site):
    ask(editor)
    page = editor.get(f"{POLICY}/check").text
    assert editor.post(re.search(r'action="([^"]+/withdraw)"', page)[1]).status_code == 303
    assert "review_withdrawn" in deeds_of(site)
    assert "Ask for a review" in editor.get(f"{POLICY}/check").text


def test_an_older_version_is_reviewed_on_its_page(owner, editor, site):
    first = published(site)
    ask(editor)
    owner.post(answer_address(owner), {"answer": "approve"})
    send(editor, "/publish", of="/check")
    page = f"/versions/{first.policy_version}"
    assert "Publish it again" not in editor.get(POLICY + page).text
    assert editor.post(f"{POLICY}{page}/publish").status_code == 409
    assert editor.post(f"{POLICY}{page}/review").status_code == 303
    assert owner.post(answer_address(owner, page), {"answer": "approve"}).location.startswith(POLICY + page)
    assert editor.post(f"{POLICY}{page}/publish").status_code == 303
    assert published(site).policy_version == first.policy_version
    assert editor.post(f"{POLICY}{page}/review").status_code == 409, "it is current now"


def test_turning_it_off_is_for_owners_and_is_noted(owner, editor, site):
    assert editor.post(f"{SETTINGS}/review", {"needed": "no"}).status_code == 403
    assert owner.post(f"{SETTINGS}/review", {"needed": "no"}).status_code == 303
    owner.post(f"{SETTINGS}/review", {"needed": "no"})
    assert deeds_of(site).count("review_turned_off") == 1
    assert "Turned off the review" in owner.get("/admin/sites/example/deeds").text
    assert send(editor, "/publish", of="/check").status_code == 303


def test_no_field_of_the_settings_turns_it_off(owner, site):
    page = owner.get(SETTINGS).text
    read = re.search(r'name="edition" value="([0-9a-f]+)"', page)[1]
    form = {"edition": read, "name": "Shop", "origins": "https://www.example.com", "cookie_domain": ""}
    owner.post(SETTINGS, {**form, "needs_review": "0", "needed": "no", "stopped_ms": "1"})
    page = owner.get(SETTINGS).text
    assert "Publish without a second person" in page
    assert "Start it again" not in page


# Publishing at a time


@pytest.fixture
def writer(person, site):
    """Of a site that asks for no review."""
    made = person("editor", site)
    send(made, "/consent", RULES)
    return made


def plan(person, hours=24, **changes):
    at = (clock.now() + timedelta(hours=hours)).astimezone(ZoneInfo("Asia/Tokyo"))
    typed = {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", **changes}
    return send(person, "/plan", typed, of="/check")


def standing(site):
    with db.db.engine.connect() as connection:
        return planning.standing(connection, site.id)


def test_a_plan_is_in_the_users_own_time_and_is_listed_and_cancelled(writer, site):
    at = (clock.now() + timedelta(days=3)).astimezone(ZoneInfo("Asia/Tokyo"))
    assert plan(writer, day=f"{at:%Y-%m-%d}", time="09:30").location == f"{POLICY}?saved=planned"
    made = standing(site)
    assert clock.from_ms(made.due_ms) == at.replace(hour=9, minute=30, second=0, microsecond=0)
    page = writer.get(POLICY).text
    assert "To be published" in page
    assert clock.wire(made.due_ms) in page
    assert "lifetime_days: 90" in writer.get(f"{POLICY}/planned.yaml").text
    assert writer.post(f"{POLICY}/plan/{made.id}/cancel").location == f"{POLICY}?saved=cancelled"
    assert standing(site) is None
    assert deeds_of(site)[:2] == ["plan_cancelled", "plan_made"]
    assert writer.post(f"{POLICY}/plan/{made.id}/cancel").status_code == 409
    assert writer.get(f"{POLICY}/planned.yaml").status_code == 409


@pytest.mark.parametrize(
    "typed",
    [
        {"day": ""},
        {"day": "2020-01-01"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01", "time": "00:00"},
        {"time": "25:00"},
        {"day": "x\"'<b>"},
    ],
)
def test_a_time_that_makes_no_sense_is_asked_for_again(writer, site, typed):
    answer = plan(writer, **typed)
    assert answer.status_code == 422
    assert "in the coming year" in answer.text
    assert standing(site) is None


def test_an_hour_that_a_clock_change_leaves_out_is_no_time():
    assert moment_of("2027-03-28", "03:30", "Europe/Berlin") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    with pytest.raises(PlanTimeInvalid):
        moment_of("2027-03-28", "02:30", "Europe/Berlin")


def test_what_was_not_published_says_why_on_the_page_and_in_the_deeds(writer, person, site):
    plan(writer)
    made = standing(site)
    send(writer, "/publish", of="/check")
    assert "Something else has been published since" in writer.get(POLICY).text
    db.transact(lambda c: planning.carry_out(c, made.id, clock.from_ms(made.due_ms)))
    page = writer.get(POLICY).text
    assert "It was not published" in page
    assert "Something else was published after it was planned" in page
    told = person("owner", site).get("/admin/sites/example/deeds").text
    assert "was not published. Something else was published" in told


def test_what_came_late_says_so(writer, site):
    plan(writer)
    made = standing(site)
    db.transact(lambda c: planning.carry_out(c, made.id, clock.from_ms(made.due_ms) + timedelta(hours=5)))
    assert "published late" in writer.get(POLICY).text
    assert published(site).published_by == writer.email


def test_a_second_plan_is_refused_and_the_draft_may_go_on(writer, site):
    plan(writer)
    send(writer, "/consent", {**RULES, "lifetime_days": "99"})
    assert plan(writer).status_code == 409
    page = writer.get(POLICY).text
    assert "The draft has changed since" in page
    assert "lifetime_days: 90" in writer.get(f"{POLICY}/planned.yaml").text


def test_a_plan_of_another_site_is_nobodys(writer, site, other_site, person):
    plan(writer)
    stranger = person("editor", other_site)
    assert stranger.post(f"/admin/sites/other/policy/plan/{standing(site).id}/cancel").status_code == 409
    assert standing(site)


def test_a_plan_needs_the_review_too(owner, editor, site):
    assert plan(editor).status_code == 409
    ask(editor)
    owner.post(answer_address(owner), {"answer": "approve"})
    assert plan(editor).status_code == 303
