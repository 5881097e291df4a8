"""Stopping the banner in the settings of a site."""

import pytest

from consent import db, sites
from consent.accounts import deeds
from tests.admin.test_policy import HOSTILE

SETTINGS = "/admin/sites/example/settings"


@pytest.fixture
def owner(person, site):
    return person("owner", site)


def is_stopped(site):
    with db.db.engine.connect() as connection:
        return sites.by_id(connection, site.id).stopped_ms is not None


def deeds_of(site):
    with db.db.engine.connect() as connection:
        return [each.what for each in deeds.of_site(connection, site.id)[0]]


def test_an_owner_stops_and_starts_the_banner(owner, site):
    assert owner.post(f"{SETTINGS}/stop", {"typed": "Example"}).location == f"{SETTINGS}?saved=stopped"
    assert is_stopped(site)
    for page in ("/admin/sites/example/", "/admin/sites/example/policy", SETTINGS):
        assert "The banner of this site is stopped" in owner.get(page).text, page
    owner.post(f"{SETTINGS}/stop", {"typed": "Example"})
    assert owner.post(f"{SETTINGS}/start").location == f"{SETTINGS}?saved=started"
    owner.post(f"{SETTINGS}/start")
    assert not is_stopped(site)
    assert "is stopped" not in owner.get(SETTINGS).text
    assert deeds_of(site) == ["site_started", "site_stopped"]


def test_it_is_not_stopped_by_another_name_or_by_somebody_else(owner, person, site):
    answer = owner.post(f"{SETTINGS}/stop", {"typed": HOSTILE})
    assert answer.status_code == 422
    assert "not the name of the site" in answer.text
    assert "<img src=x" not in answer.text
    for role in ("editor", "auditor"):
        assert person(role, site).post(f"{SETTINGS}/stop", {"typed": "Example"}).status_code == 403
    assert not is_stopped(site)


def test_a_stopped_site_is_still_all_there_for_its_people(owner, site):
    owner.post(f"{SETTINGS}/stop", {"typed": "Example"})
    for page in ("evidence", "export", "policy", "install", "people", "deeds"):
        assert owner.get(f"/admin/sites/example/{page}").status_code in (200, 404), page
    assert owner.get("/admin/sites/example/evidence").status_code == 200
