"""What visitors were given is kept, and can be given and shown again."""

from dataclasses import replace

import pytest

from consent.banner import build
from consent.db import db, transactional
from consent.shown import files as given
from consent.shown import replay
from tests.banner.test_script import preferences_path, text_of, ui_path


@pytest.fixture
def deploy(app, monkeypatch):
    """Another build of the banner goes live, as after an upgrade of the platform."""
    old = build.current()

    def make():
        newer = replace(old, digest="f" * 64, ui=old.ui + "/* newer */", preferences=old.preferences)
        monkeypatch.setattr(build, "current", lambda: newer)
        app.extensions["consent.scripts"].chunk.cache.clear()

    return make


def full_name(site):
    with db.engine.connect() as connection:
        (name,) = connection.execute(
            given.banner_file_table.select()
            .with_only_columns(given.banner_file_table.c.name)
            .where(given.banner_file_table.c.site_id == site.id)
            .distinct()
        ).scalars()
    return name


@pytest.mark.parametrize("path", [ui_path, preferences_path])
def test_a_page_from_before_a_deployment_still_gets_its_chunks(client, site, deploy, path):
    address = path(client)
    before = text_of(client.get(address))
    deploy()
    answer = client.get(address)
    assert answer.status_code == 200
    assert text_of(answer) == before


def test_what_nobody_was_given_is_not_there_after_a_deployment(client, site, deploy):
    address = ui_path(client, "en")
    deploy()
    assert client.get(address).json["code"] == "script_unknown"


def test_the_first_bytes_stay_whatever_comes_later(client, site):
    client.get(ui_path(client))
    name = full_name(site)
    with transactional(db.engine).begin() as connection:
        kept = given.find(connection, site.id, name, "ja.js")
        given.keep(connection, site.id, name, "ja.js", b"other", 1)
        assert given.find(connection, site.id, name, "ja.js") == kept


def test_the_files_of_a_replay_are_the_ones_that_were_given(client, site):
    core, first, second = (
        text_of(client.get(path)) for path in ("/b/example.js", ui_path(client), preferences_path(client))
    )
    version, _, made = full_name(site).partition("-")
    with db.engine.connect() as connection:
        files = replay.files(connection, site.id, version, made, "ja")
    name = f"{version}-{made}"
    assert files["core.js"].decode() == core
    assert files[f"core/{name}/ja.js"].decode() == first
    assert files[f"core/{name}/ja.preferences.js"].decode() == second


def test_there_is_no_replay_of_what_was_not_kept(app, site):
    with db.engine.connect() as connection:
        assert replay.files(connection, site.id, "0" * 64, "0" * 16, "ja") == {}
