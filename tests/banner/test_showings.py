"""Counting how often the first layer was shown."""

import pytest
import yaml
from sqlalchemy import select

from consent import clock
from consent.db import db, transact
from consent.policies import publish
from consent.policies.document import read
from consent.records.models import showing_table
from tests.banner.test_script import ui_path
from tests.conftest import ORIGIN
from tests.people import example_policy

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile"


@pytest.fixture
def counting(app, site):
    """The site's policy counts; `counting(browser=False)` keeps nothing of the browser."""

    def make(**recording):
        policy = {**yaml.safe_load(example_policy()), "recording": {"showings": True, **recording}}
        document = read(yaml.safe_dump(policy, allow_unicode=True).encode())
        transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
        app.extensions["consent.policies"].published.cache.clear()
        return site

    return make


def shown(client, path, origin=ORIGIN, agent=PHONE):
    headers = {"Origin": origin, "User-Agent": agent}
    return client.post(path, headers={name: value for name, value in headers.items() if value})


def counted():
    with db.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(showing_table))]


def test_each_view_counts_and_nothing_tells_one_from_another(client, counting):
    site = counting()
    path = ui_path(client)
    for _ in range(2):
        answer = shown(client, path)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    (row,) = counted()
    assert row.pop("policy_version").startswith(path.split("/")[-2].partition("-")[0])
    today = clock.now().date().isoformat()
    assert row == {"site_id": site.id, "day": today, "language": "ja", "device_class": "phone", "views": 2}


def test_where_nothing_is_kept_of_the_browser_the_device_is_not_counted_either(client, counting):
    counting(browser=False)
    shown(client, ui_path(client))
    assert [row["device_class"] for row in counted()] == [""]


def test_a_policy_that_does_not_count_is_left_alone(client, site):
    answer = shown(client, ui_path(client))
    assert (answer.status_code, answer.json["code"]) == (422, "showings_off")
    assert counted() == []


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda path: path.replace("/ja.js", "/xx.js"), 422, "language_unknown"),
        (lambda path: path.replace(path.split("/")[3], "0" * 16 + "-" + "0" * 16), 404, "script_unknown"),
        (lambda path: path.replace("/example/", "/nobody/"), 404, "site_unknown"),
    ],
)
def test_what_was_never_published_is_not_counted(client, counting, spoil, status, code):
    counting()
    answer = shown(client, spoil(ui_path(client)))
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert counted() == []


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_only_pages_of_the_site_are_counted(client, counting, origin):
    counting()
    assert shown(client, ui_path(client), origin).status_code == 403
    assert counted() == []


def test_views_have_a_limit_of_their_own(app_with, counting):
    counting()
    client = app_with(rate_limit_records="2/minute").test_client()
    path = ui_path(client)
    assert [shown(client, path).status_code for _ in range(3)] == [204, 204, 429]
