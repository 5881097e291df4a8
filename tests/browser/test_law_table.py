"""Region × signal × stored decision × category → what loads, for every pack, as the built script does it in a browser."""

import time

import pytest

from consent.banner import build, facts
from consent.law.packs import packs
from consent.law.terms import strictest
from consent.policies import law
from consent.records.consent_cookie import checksum
from consent.sites import Site
from tests.law.table import CATEGORIES, SIGNALS, SITES, STORED, TABLE, document, expected

PAGE = "https://www.shop.example/"
SCRIPT = "https://consent.example/b/key.js"
VERSION = "3f6a1c0e9b7d4852a1e0c3b5f7d90264c8b1a3e5d7f90b2c4e6a8d0f1b3c5e7a"
SITE = Site(1, "key", "Shop", frozenset(), "x", None)
GATED = "".join(
    f'<script type="text/plain" data-category={name}>(window.ran = window.ran || []).push("{name}")</script>'
    for name in CATEGORIES
)
HTML = f"<!doctype html><html lang=ja><head><meta charset=utf-8><script src={SCRIPT}></script></head><body>{GATED}</body></html>"
SEEN = """() => ({
  loaded: [...document.scripts].map((each) => /\\/\\/(\\w+)\\.vendor/.exec(each.src)?.[1]).filter(Boolean),
  ran: window.ran || [],
  allowed: Object.entries(consent.state().categories).filter(([id, on]) => on && id !== "necessary").map(([id]) => id),
  update: (window.dataLayer || []).map((each) => [...(each.length ? each : [])]).filter(([, what]) => what === "update").pop(),
})"""
DAY = 86_400


def core(made, terms):
    """What the platform serves under these terms (consent/banner/script.py)."""
    lax = terms is not None and terms.lax
    built = build.early(terms.id) if lax else build.current()
    return built.core.replace(
        build.FACTS_MARK, facts.compose(SITE, VERSION, 1, made, built.name, terms if lax else None)
    )


def cookie(stored):
    if stored == "nothing":
        return None
    old, granted = stored.startswith("old"), STORED[stored] or CATEGORIES * (stored == "old acceptance")
    now = int(time.time())
    grants = "~".join(["necessary", *granted, ".consent", *(f".{name}" for name in granted)])
    end = now - 10 if old else now + 100 * DAY
    text = f"v=1&p={VERSION[:16]}&m=1&t={now - 200 * DAY}&e={end}&d=custom&g={grants}&i="
    return {"name": "consent", "value": f"{text}&k={checksum('key', text)}", "url": PAGE}


@pytest.fixture
def seen(context, page):
    """seen(script, signal, stored): what a page with the script has run and loaded."""
    served = {}

    def answer(route):
        url = route.request.url
        kind = "text/html" if url == PAGE else "text/javascript"
        route.fulfill(body=HTML if url == PAGE else served["core"] if url == SCRIPT else "", content_type=kind)

    context.route("**/*", answer)

    def look(script, signal, stored):
        served["core"] = SIGNAL[signal] + script
        if page.url == PAGE:
            page.evaluate("localStorage.clear()")
        context.clear_cookies()
        if held := cookie(stored):
            context.add_cookies([held])
        page.goto(PAGE)
        return page.evaluate(SEEN)

    return look


# Ahead of the script, in its own file: an init script of the browser would outlive the row.
SIGNAL = {
    "absent": "",
    "off": "Object.defineProperty(navigator,'globalPrivacyControl',{value:false});",
    "on": "Object.defineProperty(navigator,'globalPrivacyControl',{value:true});",
}
ROWS = {pack: ([pack], TABLE[pack]) for pack in TABLE} | {"+".join(site): (site, row) for site, row in SITES.items()}


@pytest.mark.parametrize("name", ROWS)
def test_what_loads(seen, name):
    chosen, row = ROWS[name]
    made = document(chosen)
    laws = law.laws(made)
    terms = laws and (strictest(laws.packs) if len(laws.packs) > 1 else laws.packs[0])
    script = core(made, terms)
    for signal in SIGNALS:
        for stored in STORED:
            want, found = expected(row, signal=signal, stored=stored), seen(script, signal, stored)
            case = (name, signal, stored)
            assert set(found["loaded"]) == want, case
            assert set(found["ran"]) == want, case
            assert set(found["allowed"]) == want, case
            storage = (found["update"] or [None, None, {}])[2]
            assert (storage.get("ad_storage") == "granted") is ("advertising" in want), case
            assert (storage.get("analytics_storage") == "granted") is ("analytics" in want), case


def test_every_pack_is_in_the_table():
    assert set(packs()) <= set(ROWS)
