"""The banner as it was shown, from a folder on the auditor's disk: the same words, and nothing is loaded or recorded."""

import pytest
from playwright.sync_api import expect

from consent import sites
from consent.db import db
from consent.shown import replay

HUBSPOT = {"id": "hubspot", "preset": "hubspot", "parameters": {"portal_id": "12345678"}, "load": "platform"}


@pytest.fixture
def policy():
    return {"services": [HUBSPOT]}


@pytest.fixture
def folder(visit, tmp_path):
    """A visitor has seen both layers; what they were given is written to a folder."""
    banner = visit().asks().settings()
    words = banner.root.inner_text()
    loaded = banner.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    name = next(url for url in loaded if url.endswith("/ja.js"))
    version, _, build = name.split("/")[-2].partition("-")
    with banner.platform.app.app_context(), db.engine.connect() as connection:
        site = sites.find(connection, banner.key)
        files = replay.files(connection, site.id, version, build, "ja")
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path, words


def test_the_replay_shows_the_words_that_the_visitor_saw(folder, page):
    path, words = folder
    page.goto(f"file://{path}/index.html")
    root = page.locator("#consent-root")
    root.locator("[data-consent-action=settings]").click()
    expect(root.locator("[data-consent-action=save]")).to_be_visible()
    assert root.inner_text() == words


def test_an_answer_in_the_replay_loads_nothing_and_records_nothing(folder, page):
    path, _ = folder
    blocked, others = [], []
    page.on("requestfailed", lambda request: (blocked if request.failure == "csp" else others).append(request.url))
    page.on("requestfinished", lambda request: others.append(request.url))
    page.goto(f"file://{path}/index.html")
    page.locator("[data-consent-action=accept-all]").click()
    page.wait_for_function("consent.allows('ma')")
    page.wait_for_timeout(300)  # what an answer loads comes after it
    assert blocked == ["https://js.hs-scripts.com/12345678.js"]
    assert [url for url in others if not url.startswith("file://")] == []
