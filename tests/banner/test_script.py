"""What a page downloads."""

import gzip
import json
import re

import brotli
import pytest

from consent import clock
from consent.banner import build
from consent.db import transact
from consent.policies import publish
from consent.policies.document import read
from consent.sites import find
from tests.people import example_policy

CORE = "/b/example.js"


def text_of(answer):
    data = answer.get_data()
    return (gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data).decode()


def ui_path(client, language="ja"):
    core = text_of(client.get(CORE))
    version, built = re.search(r'v:"([0-9a-f]{64})",b:"([0-9a-f]{16})"', core).groups()
    return f"/b/example/{version[:16]}-{built}/{language}.js"


def preferences_path(client, language="ja"):
    return ui_path(client, f"{language}.preferences")


def test_the_script_carries_the_facts_of_the_published_policy(client, site):
    answer = client.get(CORE)
    assert answer.content_type == "text/javascript; charset=utf-8"
    source = text_of(answer)
    assert build.FACTS_MARK not in source
    assert 'categories:["necessary","functional","analytics","ma","advertising"]' in source


def test_it_holds_nothing_of_a_service_that_the_policy_does_not_use(client, site):
    source = text_of(client.get(CORE))
    assert "js.hs-scripts.com" in source
    assert "satori" not in source.lower()
    assert "googletagmanager" not in source, "ga4 is on the page itself (load: page)"


def test_it_may_be_held_five_minutes_and_is_revalidated_by_its_etag(client, site):
    answer = client.get(CORE)
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    again = client.get(CORE, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.get(CORE, headers={"If-None-Match": '"other"'}).status_code == 200


UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip")]
)
def test_it_is_compressed_as_well_as_the_browser_takes_it(client, site, accepted, coding):
    plain = client.get(CORE)
    small = client.get(CORE, headers={"Accept-Encoding": accepted})
    assert small.headers["Content-Encoding"] == coding
    assert UNPACK[coding](small.get_data()) == plain.get_data()
    assert "Accept-Encoding" in small.headers["Vary"]


def test_each_coding_is_revalidated_by_its_own_etag(client, site):
    etags = set()
    for accepted in ("gzip", "br", "identity"):
        answer = client.get(CORE, headers={"Accept-Encoding": accepted})
        again = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]}
        assert client.get(CORE, headers=again).status_code == 304
        etags.add(answer.headers["ETag"])
    assert len(etags) == 3


def test_the_ui_chunk_never_changes_under_its_address(client, site):
    answer = client.get(ui_path(client))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "サンプル株式会社" in text_of(answer)


def test_the_second_chunk_lies_beside_the_first_and_never_changes_either(client, site):
    answer = client.get(preferences_path(client))
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert build.DETAILS_MARK not in text_of(answer)


def test_vendors_and_cookies_come_with_the_second_chunk_only(client, site):
    first, second = text_of(client.get(ui_path(client))), text_of(client.get(preferences_path(client)))
    for text in ("2 Canal Park", "_ga_*", "/settings/example?lang=ja"):
        assert text in second
        assert text not in first
    assert "すべて拒否" in first
    assert "すべて拒否" not in second


@pytest.mark.parametrize("path", [ui_path, preferences_path])
def test_the_ui_chunks_of_an_older_version_are_still_there(client, site, app, path):
    old = path(client)
    document = read(example_policy() + b"layout: {first: dialog, position: center}\n")
    transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
    app.extensions["consent.policies"].published.cache.clear()
    assert path(client) != old
    assert client.get(old).status_code == 200


@pytest.mark.parametrize(
    "path", ["/b/example/0000000000000000-0000000000000000/ja", "/b/example/x/ja", "/b/example/%25-x/ja"]
)
@pytest.mark.parametrize("ending", [".js", ".preferences.js"])
def test_an_unknown_chunk_is_not_found(client, site, path, ending):
    answer = client.get(path + ending)
    assert (answer.status_code, answer.json["code"]) == (404, "script_unknown")


def test_a_language_that_the_policy_lacks_is_not_found(client, site):
    assert client.get(ui_path(client, "fr")).status_code == 404
    assert client.get(preferences_path(client, "fr")).status_code == 404


def test_another_sites_chunk_is_not_found(client, site, other_site, app):
    document = read(example_policy().replace(b'portal_id: "12345678"', b'portal_id: "87654321"'))
    transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
    app.extensions["consent.policies"].published.cache.clear()
    assert client.get(ui_path(client).replace("/b/example/", "/b/other/")).status_code == 404


def test_a_site_without_a_policy_says_so(client, site, app):
    from consent.sites import create

    transact(lambda c: create(c, name="Bare", origins=["https://bare.example"], key="bare", now=clock.now()))
    answer = client.get("/b/bare.js")
    assert (answer.status_code, answer.json["code"]) == (404, "nothing_published")
    with pytest.raises(Exception, match="no site"):
        transact(lambda c: find(c, "nobody"))


HOSTILE = "</script><img src=x onerror=alert(1)>\u2028'\"`${1}"


def test_a_hostile_text_stays_a_string(client, site, app):
    said = {"title": HOSTILE, "settings_title": HOSTILE}
    document = read(example_policy() + f"texts: {json.dumps({'ja': said, 'en': said})}\n".encode())
    transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
    app.extensions["consent.policies"].published.cache.clear()
    for path in (ui_path(client), preferences_path(client)):
        source = text_of(client.get(path))
        assert "onerror" in source
        assert "</script" not in source
        assert "\u2028" not in source


def test_the_gpc_support_resource_is_what_the_specification_asks(client):
    answer = client.get("/.well-known/gpc.json")
    assert answer.content_type == "application/json"
    assert answer.json["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.json["lastUpdate"])
