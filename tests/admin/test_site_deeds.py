"""Who did what to a site, as its owners read it."""

import re

import pytest

from consent import clock
from consent.accounts import deeds
from consent.audit.cli import export_log
from consent.db import transact

PATH = "/admin/sites/example/deeds"
LAST_DAY = {"role": "auditor", "until": "2027-03-31"}


@pytest.fixture
def owner(person, site):
    return person("owner", site)


def note(user, site, what, **details):
    transact(lambda c: deeds.note(c, user, what, clock.now(), site_id=site.id, **details))


def test_deeds_are_told_in_words_with_who_did_them_the_newest_first(owner, person, site):
    ken = person("editor", site)
    owner.post("/admin/sites/example/tokens", {"role": "auditor", "label": "Audit 2026", "days": "30"})
    owner.post(f"/admin/sites/example/people/{ken.user.id}", {**LAST_DAY, "edition": "editor-open"})
    page = owner.get(PATH).text
    assert f"Changed the role of {ken.email}: auditor" in page
    assert "Last day: <bdi>Mar 31, 2027</bdi>" in page
    assert "Created the API token “Audit 2026” for auditor" in page
    assert page.index("Changed the role") < page.index("Created the API token")
    assert owner.email in page


def test_the_last_day_is_told_in_the_zone_of_whoever_reads(owner, person, site):
    ken = person("auditor", site)
    owner.post(f"/admin/sites/example/people/{ken.user.id}", {**LAST_DAY, "edition": "auditor-open"})
    owner.post("/admin/account/profile", {"name": "Owner", "language": "en", "time_zone": "America/New_York"})
    assert "Mar 31, 2027" in owner.get(PATH).text, "Tokyo's midnight is still the day before in New York"


def test_a_deed_that_nobody_has_words_for_is_shown_as_it_is_kept(owner, site):
    note(owner.user, site, "moon_painted", colour="green", times=3)
    page = owner.get(PATH).text
    assert "<code>moon_painted</code>" in page
    assert "colour: <bdi>green</bdi>" in page
    assert "times: <bdi>3</bdi>" in page


def test_a_deed_with_less_than_its_words_need_is_no_failure(owner, site):
    note(owner.user, site, "role_changed")
    note(owner.user, site, "token_revoked", token_id=999)
    page = owner.get(PATH).text
    assert "Changed the role of –: –" in page
    assert "Revoked the API token “#999”" in page


def test_the_pages_of_the_list_hold_each_deed_once(owner, site):
    for number in range(deeds.PAGE * 2 + 1):
        note(owner.user, site, "counted", number=number)
    seen, path, pages = [], PATH, 0
    while path:
        page = owner.get(path).text
        seen += map(int, re.findall(r"number: <bdi>(\d+)</bdi>", page))
        older = re.search(rf'href="({PATH}\?before=\d+)"', page)
        path, pages = older and older[1], pages + 1
    assert pages == 3
    assert seen == list(range(deeds.PAGE * 2, -1, -1))


@pytest.mark.parametrize("before", ["-1", "0", "x", "9" * 30, "1&before=2"])
def test_a_place_in_the_list_that_makes_no_sense_is_no_failure(owner, before):
    assert owner.get(f"{PATH}?before={before}").status_code == 200


def test_deeds_of_another_site_are_none_of_their_business(owner, site, other_site):
    note(owner.user, other_site, "elsewhere")
    assert "elsewhere" not in owner.get(PATH).text


def test_without_a_deed_the_page_says_what_will_be_there(owner):
    assert "Nothing was done yet" in owner.get(PATH).text


def test_an_export_by_a_token_or_on_the_command_line_is_nobodys_who_has_left(owner, client, site, token_for, tmp_path):
    period = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "reason": "yearly audit"}
    bearer = {"Authorization": f"Bearer {token_for('auditor', site)}"}
    client.get("/api/v1/sites/example/export", query_string=period, headers=bearer).get_data()
    assert "API token" in owner.get(PATH).text
    arguments = ["--site", "example", "--since", "2020-01-01", "--reason", "by hand", "--output", str(tmp_path / "x")]
    export_log.main(arguments, standalone_mode=False)
    page = owner.get(PATH).text
    assert "Command line" in page or "command line" in page
    assert "former user" not in page
