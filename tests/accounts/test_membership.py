"""What owners do about people, where two of them do it at once."""

import threading
from contextlib import suppress

import pytest

from consent import clock
from consent.accounts import membership, roles
from consent.accounts.membership import MemberUnknown
from consent.accounts.roles import LastOwner
from consent.db import db, transact
from tests.admin.people import new_user


def owners(site):
    with db.engine.connect() as connection:
        return [each.email for each in roles.members(connection, site.id) if each.role == "owner"]


@pytest.fixture
def pair(site):
    return [new_user(f"{name}@example.com", owns="example") for name in ("anna", "ken")]


def test_whoever_was_removed_meanwhile_does_not_come_back_by_a_change_of_role(site, pair):
    anna, ken = pair
    about = {"user_id": ken.id, "site_id": site.id, "read": "owner-open", "now": clock.now()}
    transact(lambda connection: membership.remove(connection, anna, **about))
    with pytest.raises(MemberUnknown):
        transact(lambda c: membership.change(c, anna, role="editor", expires_ms=None, **about))
    assert owners(site) == ["anna@example.com"]


def test_of_two_owners_who_leave_at_the_same_moment_one_stays(app, site, pair):
    meet, outcomes = threading.Barrier(2), []

    def leave(user):
        def unit(connection):
            with suppress(threading.BrokenBarrierError):
                meet.wait(timeout=1)
            about = {"user_id": user.id, "site_id": site.id, "read": "owner-open"}
            membership.remove(connection, user, **about, now=clock.now())

        with app.app_context():
            try:
                transact(unit)
                outcomes.append("gone")
            except LastOwner:
                outcomes.append("stays")

    threads = [threading.Thread(target=leave, args=[user]) for user in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "stays"]
    assert len(owners(site)) == 1
