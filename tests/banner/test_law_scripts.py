"""One script for everybody, or one for each law pack: never one for each visitor."""

import json
import re

import pytest

from consent import clock
from consent.banner import build, facts
from consent.db import db, transact
from consent.phrases import MAY_BREAK
from consent.policies import publish
from consent.policies.document import read
from consent.shown import builds, replay
from tests.banner.test_first_visit import FIRST
from tests.banner.test_script import CORE, text_of
from tests.people import example_policy


@pytest.fixture
def packs_of(app, site):
    def choose(*packs, default=None):
        given = json.dumps({"packs": packs, "default": default})
        document = read(example_policy() + f"law: {given}\n".encode())
        made = transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
        app.extensions["consent.policies"].published.cache.clear()
        return made.policy_version

    return choose


@pytest.fixture
def client(app_with, site):
    return app_with(trusted_proxies="1", region_header="X-Region").test_client()


def early(source):
    """What the script lets run before a decision, as it is and under the signal; None where it asks first."""
    found = re.search(r"\ba:(\[.*?\]\])", source)
    return json.loads(found.group(1)) if found else None


def led_to(client, region=None):
    answer = client.get(CORE, headers={"X-Region": region} if region else {})
    return answer.location if answer.status_code == 302 else answer.status_code


@pytest.mark.parametrize("packs", [["jp"], ["eu"], ["jp", "eu", "fr-cnil"]])
def test_where_every_pack_asks_first_there_is_one_script_as_before(client, packs_of, packs):
    before = text_of(client.get(CORE))
    version = packs_of(*packs)
    client.application.extensions["consent.policies"].published.cache.clear()
    for region in (None, "JP", "US-CA"):
        answer = client.get(CORE, headers={"X-Region": region} if region else {})
        assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
        source = text_of(answer)
        assert early(source) is None
        assert re.sub(r"\b[0-9a-f]{64}\b", "", source) == re.sub(r"\b[0-9a-f]{64}\b", "", before)
        assert version in source


def test_the_only_pack_has_one_script_for_everybody_too(client, packs_of):
    packs_of("us-ca")
    sources = {text_of(client.get(CORE, headers={"X-Region": each})) for each in ("JP", "US-CA", "")}
    assert len(sources) == 1
    name, before, signalled = early(sources.pop())
    assert (name, ".ga4" in before, ".ga4" in signalled, ".youtube" in signalled) == ("us-ca", True, False, True)


@pytest.mark.parametrize(
    ("region", "pack"),
    [
        *(("JP", "jp"), ("JP-13", "jp"), ("US-CA", "us-ca"), ("BR", "notice_only")),
        *((each, "strictest") for each in ("US", None, "XX", "US-CA, JP")),
    ],
)
def test_with_several_packs_the_region_leads_to_one_of_them(client, packs_of, region, pack):
    packs_of("jp", "us-ca", default="notice_only")
    assert led_to(client, region) == f"/b/example.{pack}.js"


def test_no_proxy_holds_the_way_for_another_visitor_and_every_proxy_may_hold_the_script(client, packs_of):
    packs_of("jp", "us-ca")
    way = client.get(CORE, headers={"X-Region": "US-CA"})
    assert way.headers["Cache-Control"] == "private, max-age=300"
    assert way.headers["Access-Control-Allow-Origin"] == "*"
    assert way.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    script = client.get(way.location, headers={"X-Region": "JP"})
    assert script.headers["Cache-Control"].startswith("public")
    assert early(text_of(script))[0] == "us-ca", "the address alone says which it is"
    again = client.get(way.location, headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304


def test_a_pack_that_the_site_has_not_is_the_strictest(client, packs_of):
    """An address that is held from before, or a mistyped one: it must neither fail nor be lax."""
    packs_of("us-gpc", "us-ca")
    assert early(text_of(client.get("/b/example.gone.js")))[0] == "strictest"
    packs_of("jp", "us-ca")
    client.application.extensions["consent.policies"].published.cache.clear()
    assert early(text_of(client.get("/b/example.gone.js"))) is None
    packs_of("jp")
    client.application.extensions["consent.policies"].published.cache.clear()
    assert early(text_of(client.get("/b/example.us-ca.js"))) is None


@pytest.mark.parametrize("address", ["/b/nobody.us-ca.js", "/b/.us-ca.js", "/b/nobody.us-ca/x-y/ja.js"])
def test_an_unknown_site_is_not_found_whatever_pack_is_named(client, packs_of, address):
    packs_of("jp", "us-ca")
    assert client.get(address).status_code == 404


def test_a_hostile_pack_name_ends_in_no_script(client, packs_of):
    packs_of("jp", "us-ca")
    assert "alert" not in text_of(client.get('/b/example.");alert(1).js'))


def chunk(client, pack, where="example"):
    source = text_of(client.get(f"/b/example.{pack}.js"))
    version, name = re.search(r'v:"([0-9a-f]{64})",b:"([0-9a-f]{16})"', source).groups()
    return text_of(client.get(f"/b/{where}/{version}-{name}/ja.js")).replace(MAY_BREAK, "")


def test_the_banner_tells_what_is_so_under_its_pack(client, packs_of):
    packs_of("jp", "us-ca")
    assert "同意をお願い" in chunk(client, "jp")
    for where in ("example", "example.us-ca"):
        assert "同意をお願い" not in chunk(client, "us-ca", where)
        assert "いつでも停止" in chunk(client, "us-ca", where)


def test_each_pack_is_a_build_of_its_own_that_is_kept(app, client, packs_of):
    packs_of("jp", "us-ca", "us-gpc")
    transact(build.keep)
    names = {build.early(pack).name for pack in ("us-ca", "us-gpc")} | {build.current().name}
    assert len(names) == 3
    with db.engine.connect() as connection:
        for name in names:
            (kept,) = builds.find(connection, name).values()
            assert ("__CONSENT_FACTS__" in kept["core"].decode()) is True


def test_what_a_visitor_under_the_pack_saw_can_be_shown_again(client, site, packs_of):
    version = packs_of("jp", "us-ca")
    chunk(client, "us-ca")
    with db.engine.connect() as connection:
        files = replay.files(connection, site.id, version, build.early("us-ca").name, "ja")
    assert early(files["core.js"].decode())[0] == "us-ca"
    (text,) = [content.decode() for path, content in files.items() if path.endswith("/ja.js")]
    assert "いつでも停止" in text.replace(MAY_BREAK, "")


def test_the_core_of_the_default_has_nothing_of_it():
    assert "early" not in build.current().core
    assert len(build.current().early) > len(build.current().core)
    assert facts.LOADS_BEFORE_CONSENT


def test_a_first_visit_gets_the_chunk_of_its_law(client, packs_of):
    packs_of("jp", "us-ca")
    for pack in ("jp", "us-ca"):
        alone = text_of(client.get(f"/b/example.{pack}.js"))
        version, built = re.search(r'v:"([0-9a-f]{64})",b:"([0-9a-f]{16})"', alone).groups()
        chunk = text_of(client.get(f"/b/example.{pack}/{version}-{built}/ja.js"))
        assert chunk in text_of(client.get(f"/b/example.{pack}.js", headers=FIRST))
