"""The core with the chunk behind it, in one answer: for whom, and that it is what they would get in two."""

import pytest

from consent import clock
from consent.banner import first
from consent.db import transact
from consent.sites import stopping
from tests.banner.test_script import CORE, text_of, ui_path

FIRST = {
    "Sec-Fetch-Site": "same-site",
    "Sec-Fetch-Mode": "no-cors",
    "Sec-Fetch-Dest": "script",
    "Accept-Language": "ja-JP,ja;q=0.9,en;q=0.8",
}
ELSEWHERE = {
    "another site, whose cookies are not sent": {"Sec-Fetch-Site": "cross-site"},
    "a browser that does not say": {"Sec-Fetch-Site": None},
    "a tag that may insist on a hash": {"Sec-Fetch-Mode": "cors"},
    "something else than a script": {"Sec-Fetch-Dest": "empty"},
    "another language than the site's first": {"Accept-Language": "en"},
    "no language": {"Accept-Language": None},
}


def get(client, **changes):
    headers = {name: value for name, value in {**FIRST, **changes}.items() if value is not None}
    return client.get(CORE, headers=headers)


def test_a_first_visit_gets_both_as_they_are(client, site):
    alone, chunk = text_of(client.get(CORE)), text_of(client.get(ui_path(client)))
    both = text_of(get(client))
    hint, _, rest = alone.partition("\n")
    assert both.startswith(f"{hint}\n")
    assert (both.count(rest), both.count(chunk)) == (1, 1)
    assert both.index(rest) < both.index(chunk)


@pytest.mark.parametrize("changes", ELSEWHERE.values(), ids=ELSEWHERE)
def test_everybody_else_gets_the_core_alone(client, site, changes):
    answer = get(client, **changes)
    assert text_of(answer) == text_of(client.get(CORE))
    assert answer.headers["Cache-Control"].startswith("public")


def test_whoever_has_decided_gets_the_core_alone_however_they_did(client, site):
    client.set_cookie("consent", "anything")
    assert text_of(get(client)) == text_of(client.get(CORE))
    client.delete_cookie("consent")
    client.set_cookie("consent_of_somebody_else", "anything")
    assert text_of(get(client)) != text_of(client.get(CORE))


def test_no_proxy_holds_both_and_what_a_browser_holds_of_them_is_not_what_comes_next(client, site):
    both = get(client)
    assert both.headers["Cache-Control"] == "private, max-age=300, stale-while-revalidate=86400"
    tag = both.headers["ETag"]
    assert get(client, **{"If-None-Match": tag}).status_code == 304
    client.set_cookie("consent", "anything")
    assert get(client, **{"If-None-Match": tag}).status_code == 200


def test_a_site_that_is_stopped_asks_nobody(client, site, app):
    transact(lambda connection: stopping.stop(connection, site, typed=site.name, now=clock.now()))
    assert text_of(get(client)) == text_of(client.get(CORE))


@pytest.mark.parametrize(
    ("wish", "available", "expected"),
    [
        ("ja-JP,en", ["ja", "en"], "ja"),
        ("en-GB", ["en", "ja"], "en"),
        ("en", ["ja", "en"], None),
        ("zh-CN", ["zh-TW", "zh-CN"], None),
        ("zh-HK", ["zh-TW", "ja"], "zh-TW"),
        ("fr", ["ja"], None),
        ("", ["ja"], None),
        ("*", ["ja"], None),
    ],
)
def test_the_language_is_told_where_the_first_wish_can_mean_no_other(app, wish, available, expected):
    with app.test_request_context(headers={"Accept-Language": wish}) as context:
        assert first.language(context.request, available) == expected
