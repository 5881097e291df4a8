"""The people of a site."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from consent import clock
from consent.accounts import deeds, membership, roles
from consent.db import db, transact, transactional
from tests.admin.people import PASSWORD, Person

PATH = "/admin/sites/example/people"
KEN = {"email": "ken@example.com", "role": "editor", "until": ""}


@pytest.fixture
def owner(person, site):
    return person("owner", site)


def members(site):
    with db.engine.connect() as connection:
        return {each.email: (each.role, each.expires_ms) for each in roles.members(connection, site.id)}


def what_was_done(site):
    with db.engine.connect() as connection:
        return [(deed.what, deed.details) for deed in deeds.of_site(connection, site.id)[0]]


def link_on(page):
    return re.search(r"https://consent\.example\.net(/admin/links/[\w-]+)", page)[1]


def invited(owner, **changes):
    answer = owner.post(f"{PATH}/invitations", {**KEN, **changes})
    assert answer.status_code == 200, answer.text
    return link_on(answer.text)


def test_an_invitation_makes_a_member_and_its_link_is_shown_once(app, owner, site):
    link = invited(owner)
    page = owner.get(PATH).text
    assert "ken@example.com" in page
    assert link not in page
    assert link.removeprefix("/admin/links/") not in page
    ken = Person(app, "ken@example.com")
    ken.sign_in()
    ken.get(link)
    assert ken.post("/admin/arrive").location == "/admin/"
    assert members(site)["ken@example.com"] == ("editor", None)
    assert "Nobody is invited" in owner.get(PATH).text
    ((accepted, _), (made, details)) = what_was_done(site)
    assert (made, accepted) == ("invited", "invitation_accepted")
    assert "ken@example.com" not in str(details), "the log keeps no address that could not be erased"


def test_the_answer_with_the_link_is_kept_by_no_cache(owner):
    assert owner.post(f"{PATH}/invitations", KEN).headers["Cache-Control"] == "private, no-store"


def test_a_withdrawn_invitation_opens_nothing(app, owner, site):
    link = invited(owner)
    (withdraw,) = re.findall(rf"{PATH}/invitations/\d+/withdraw", owner.get(PATH).text)
    assert owner.post(withdraw).status_code == 303
    ken = Person(app, "ken@example.com")
    ken.sign_in()
    ken.get(link)
    assert ken.post("/admin/arrive").status_code == 404
    assert "ken@example.com" not in members(site)
    assert owner.post(withdraw).status_code == 404, "twice is once too often"
    assert what_was_done(site)[0][0] == "invitation_withdrawn"


def test_a_new_link_for_an_address_takes_the_place_of_the_older(app, owner):
    older, newer = invited(owner), invited(owner, email=" KEN@example.com ")
    assert len(re.findall(r"/invitations/\d+/withdraw", owner.get(PATH).text)) == 1
    ken = Person(app, "ken@example.com")
    ken.sign_in()
    ken.get(older)
    assert ken.post("/admin/arrive").status_code == 404
    ken.get(newer)
    assert ken.post("/admin/arrive").status_code == 303


def test_invitations_of_another_site_can_be_neither_seen_nor_withdrawn(owner, person, other_site):
    invited(owner)
    eve = person("owner", other_site)
    assert "ken@example.com" not in eve.get("/admin/sites/other/people").text
    (withdraw,) = re.findall(r"/invitations/\d+/withdraw", owner.get(PATH).text)
    assert eve.post(f"/admin/sites/other/people{withdraw}").status_code == 404
    assert "ken@example.com" in owner.get(PATH).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nobody"}, "e-mail address"),
        ({"email": "owner0@example.com"}, "is a member already"),
        ({"role": "root"}, "Choose one of the roles"),
        ({"role": ""}, "Choose one of the roles"),
        ({"until": "2020-01-01"}, "next ten years"),
        ({"until": "2099-01-01"}, "next ten years"),
        ({"until": "9999-12-31"}, "next ten years"),
        ({"until": "0001-01-01"}, "next ten years"),
        ({"until": "tomorrow"}, "next ten years"),
        ({"role": "owner", "until": "2027-06-30"}, "leave it empty"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_and_what_was_typed_stays(owner, site, wrong, said):
    sent = {**KEN, **wrong}
    answer = owner.post(f"{PATH}/invitations", sent)
    assert 400 <= answer.status_code < 500
    assert said in answer.text
    assert f'value="{sent["email"]}"' in answer.text
    assert what_was_done(site) == []


def test_an_auditor_comes_for_a_time_and_is_out_when_it_is_over(app, owner, site):
    with time_machine.travel(clock.now(), tick=False) as moment:
        day = (clock.now() + timedelta(days=3)).astimezone(clock.ZoneInfo("Asia/Tokyo")).date()
        link = invited(owner, role="auditor", until=day.isoformat())
        ken = Person(app, "ken@example.com")
        ken.sign_in()
        ken.get(link)
        ken.post("/admin/arrive")
        assert ken.get("/admin/sites/example/").status_code == 200
        assert members(site)["ken@example.com"] == ("auditor", clock.end_of_day(day, "Asia/Tokyo"))
        moment.move_to(clock.from_ms(clock.end_of_day(day, "Asia/Tokyo") - 1000))
        ken.sign_in(PASSWORD)
        assert ken.get("/admin/sites/example/").status_code == 200, "the last day counts to its end"
        moment.shift(1)
        assert ken.get("/admin/sites/example/").status_code == 404
        owner.sign_in()
        assert "ended on" in owner.get(PATH).text


def edition_on(page):
    return re.search(r'name="edition" value="([a-z0-9-]+)"', page)[1]


def change(owner, ken, **sent):
    """As somebody does who has just looked at the page."""
    path = f"{PATH}/{ken.user.id}"
    return owner.post(path, {"until": "", "edition": edition_on(owner.get(path).text), **sent})


def remove(owner, ken):
    path = f"{PATH}/{ken.user.id}"
    page = owner.get(path)
    return owner.post(f"{path}/remove", {"edition": edition_on(page.text)} if page.status_code == 200 else {})


def test_a_role_can_be_changed_and_counts_at_once(owner, person, site):
    ken = person("editor", site)
    assert ken.post("/admin/sites/example/install", {"origin": "x"}).status_code == 200
    path = f"{PATH}/{ken.user.id}"
    assert ken.email in owner.get(path).text
    answer = change(owner, ken, role="auditor")
    assert answer.location == f"{PATH}?saved=changed"
    assert ken.post("/admin/sites/example/install", {"origin": "x"}).status_code == 403
    assert what_was_done(site) == [("role_changed", {"user_id": ken.user.id, "role": "auditor", "until": None})]


def test_a_member_can_be_removed_and_is_out_at_once(owner, person, site):
    ken = person("editor", site)
    assert remove(owner, ken).status_code == 303
    assert ken.get("/admin/sites/example/").status_code == 404
    assert ken.email not in members(site)
    assert remove(owner, ken).status_code == 404


@pytest.mark.parametrize(
    "leave", [lambda owner: change(owner, owner, role="editor"), lambda owner: remove(owner, owner)]
)
def test_the_last_owner_stays_and_the_reason_is_said(owner, person, site, leave):
    answer = leave(owner)
    assert answer.status_code == 409
    assert "A site needs an owner" in answer.text
    assert members(site)[owner.email] == ("owner", None)
    person("owner", site)
    assert leave(owner).location == "/admin/", "with another one they may go"


def test_an_expired_owner_is_no_owner_for_the_last_one(owner, person, site):
    ken = person("editor", site)
    answer = change(owner, ken, role="owner", until="2027-06-30")
    assert answer.status_code == 422
    assert members(site)[ken.email] == ("editor", None)


def test_nobody_becomes_a_member_without_an_invitation(owner, person, site):
    stranger = person()
    assert owner.post(f"{PATH}/{stranger.user.id}", {"role": "owner", "until": ""}).status_code == 404
    assert stranger.email not in members(site)
    assert stranger.email not in owner.get(f"{PATH}/{stranger.user.id}").text


def test_a_form_gives_no_more_than_its_fields(owner, person, site, other_site):
    ken = person("editor", site)
    sent = {"role": "auditor", "site_id": other_site.id, "user_id": owner.user.id, "may_create_sites": "1"}
    assert change(owner, ken, **sent).status_code == 303
    assert members(other_site) == {}
    assert members(site)[owner.email] == ("owner", None)
    assert ken.get("/admin/sites/new").status_code == 403


def test_of_two_owners_who_change_a_role_the_later_is_told_and_nothing_is_lost(owner, person, site):
    other, ken = person("owner", site), person("editor", site)
    path = f"{PATH}/{ken.user.id}"
    mine = {"role": "auditor", "until": "2027-03-31", "edition": edition_on(owner.get(path).text)}
    assert change(other, ken, role="owner").status_code == 303
    answer = owner.post(path, mine)
    assert answer.status_code == 409
    assert members(site)[ken.email] == ("owner", None)
    assert "changed this role meanwhile" in answer.text
    assert "<strong>Owner</strong>" in answer.text
    assert '<option value="auditor" selected' in answer.text, "what I chose is still there"
    assert 'value="2027-03-31"' in answer.text
    again = {**mine, "edition": edition_on(answer.text)}
    assert owner.post(path, again).status_code == 303, "who has seen theirs may save over it"
    assert members(site)[ken.email][0] == "auditor"


def test_a_new_last_day_counts_as_a_change_too(owner, person, site):
    other, ken = person("owner", site), person("auditor", site)
    path = f"{PATH}/{ken.user.id}"
    mine = {"role": "auditor", "until": "", "edition": edition_on(owner.get(path).text)}
    assert change(other, ken, role="auditor", until="2027-03-31").status_code == 303
    assert owner.post(path, mine).status_code == 409
    assert members(site)[ken.email][1] is not None


def test_nobody_is_removed_whose_role_was_changed_meanwhile(owner, person, site):
    other, ken = person("owner", site), person("editor", site)
    path = f"{PATH}/{ken.user.id}"
    seen = edition_on(owner.get(path).text)
    change(other, ken, role="owner")
    answer = owner.post(f"{path}/remove", {"edition": seen})
    assert answer.status_code == 409
    assert ken.email in members(site)
    assert owner.post(f"{path}/remove", {"edition": edition_on(answer.text)}).status_code == 303


@pytest.mark.parametrize("edition", ["", "editor-", "owner-open"])
def test_whoever_has_not_seen_the_role_changes_nothing(owner, person, site, edition):
    ken = person("editor", site)
    assert owner.post(f"{PATH}/{ken.user.id}", {"role": "auditor", "until": "", "edition": edition}).status_code == 409
    assert owner.post(f"{PATH}/{ken.user.id}/remove", {"edition": edition}).status_code == 409
    assert members(site)[ken.email] == ("editor", None)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_of_two_at_the_same_moment_the_second_waits_and_is_told(app, owner, person, site):
    ken, now = person("editor", site), clock.now()
    sent = {"user_id": ken.user.id, "site_id": site.id, "read": "editor-open", "expires_ms": None, "now": now}

    def second():
        with app.app_context():
            return transact(lambda connection: membership.change(connection, owner.user, **sent, role="owner"))

    with ThreadPoolExecutor(1) as threads:
        with transactional(db.engine).begin() as connection:
            membership.change(connection, owner.user, **sent, role="auditor")
            waiting = threads.submit(second)
            time.sleep(0.3)
            assert not waiting.done()
        with pytest.raises(membership.MemberChanged):
            waiting.result(10)
    assert members(site)[ken.email] == ("auditor", None)
