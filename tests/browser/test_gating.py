"""Gated markup: nothing of it is asked for before consent, all of it afterwards, in its order and with its attributes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAUSE

GA4 = "data-category=analytics data-service=ga4"
YOUTUBE = "data-category=functional data-service=youtube"
VENDOR = "https://vendor.test"


def script(name, more=""):
    return f'<script type="text/plain" {GA4} data-src="/{name}.js" {more}></script>'


def inline(code, gate=GA4, more=""):
    return f'<script type="text/plain" {gate} {more}>{code}</script>'


def say(word):
    return f"(window.said = window.said || []).push('{word}')"


def said(banner, *words):
    """Waits until the scripts have said as many words, and compares them in order."""
    banner.page.wait_for_function("(count) => (window.said || []).length >= count", arg=len(words))
    assert banner.settle().page.evaluate("window.said || []") == list(words)


def silence(banner):
    assert banner.settle().page.evaluate("window.said || []") == []


@pytest.fixture
def policy():
    """Everything is in the page; the platform itself loads nothing."""
    ga4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "page"}
    marketo = {"id": "marketo", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}, "load": "page"}
    return {"services": [ga4, marketo, {"id": "youtube", "preset": "youtube"}]}


EVERYTHING = f"""
<script type="text/plain" {GA4} data-src="{VENDOR}/a.js"></script>
<iframe {YOUTUBE} data-src="{VENDOR}/frame"></iframe>
<img {GA4} data-src="{VENDOR}/pixel.gif">
<link rel="stylesheet" {GA4} data-src="{VENDOR}/style.css">
<video {YOUTUBE} data-src="{VENDOR}/film.mp4"></video>
<template {GA4}><img data-src="{VENDOR}/in-template.gif"><script data-src="{VENDOR}/in-template.js"></script></template>
"""


def test_no_gated_address_is_asked_for_in_repeated_first_visits(banner_of, browser, browser_context_args, shop):
    asked = []
    made = banner_of()
    made.put("/", EVERYTHING, before=f"<base href='{VENDOR}/'>")
    for _ in range(5):
        context = browser.new_context(**browser_context_args)
        context.route(f"{VENDOR}/**", lambda route: (asked.append(route.request.url), route.abort()))
        banner = made.in_page(context.new_page()).open().asks()
        assert banner.page.locator("link[rel~=preload], link[rel~=preconnect], link[rel=dns-prefetch]").count() == 0
        context.close()
    assert asked == []


def test_a_refusal_asks_for_nothing_and_a_consent_for_everything(visit, vendors):
    banner = visit(EVERYTHING).asks().reject().is_silent()
    assert vendors == []
    banner.open().is_silent()
    assert vendors == []
    banner.call("acceptAll()").page.wait_for_function("(window.loaded || []).length === 2")
    names = {url.rpartition("/")[2] for url in vendors if url.startswith(VENDOR)}
    assert names >= {"a.js", "frame", "pixel.gif", "style.css", "film.mp4", "in-template.gif", "in-template.js"}


def test_scripts_run_in_document_order_each_after_the_one_before(visit, shop):
    first = shop.hold("/first.js")
    banner = visit(inline(say("zero")) + script("first") + inline(say("second")) + script("third"))
    for name in ("first", "third"):
        shop.put(f"/{name}.js", say(name))
    banner.call("acceptAll()")
    said(banner, "zero")
    assert shop.asked("/third.js") == 0
    first.set()
    said(banner, "zero", "first", "second", "third")


def test_a_script_that_fails_or_throws_does_not_hold_up_the_next(visit, shop):
    banner = visit(script("missing") + script("throws") + script("last"))
    shop.put("/throws.js", "throw new Error('a vendor fails')")
    shop.put("/last.js", say("last"))
    banner.call("acceptAll()")
    said(banner, "last")


def test_a_script_that_never_answers_holds_up_the_next_for_five_seconds_only(banner_of, shop):
    banner = banner_of()
    banner.page.clock.install()
    shop.put("/slow.js", say("slow"))
    slow = shop.hold("/slow.js")
    banner.put("/", script("slow") + inline(say("next")))
    banner.open().page.evaluate("consent.acceptAll()")
    banner.page.clock.run_for(4_000)
    assert banner.page.evaluate("window.said") is None
    banner.page.clock.run_for(2_000)
    banner.page.wait_for_function("window.said")
    slow.set()
    banner.page.wait_for_function("said.length === 2")
    assert banner.page.evaluate("said") == ["next", "slow"]


def test_an_async_script_neither_waits_nor_is_waited_for(visit, shop):
    held = shop.hold("/held.js")
    late = shop.hold("/async.js")
    banner = visit(script("held") + script("async", "async") + script("free", "async"))
    for name in ("held", "async", "free"):
        shop.put(f"/{name}.js", say(name))
    banner.call("acceptAll()")
    said(banner, "free")
    held.set()
    said(banner, "free", "held")
    late.set()
    said(banner, "free", "held", "async")


def test_a_deferred_script_and_a_module_see_the_whole_document(visit, shop):
    count = "(window.said = window.said || []).push(document.querySelectorAll('p:not([class])').length)"
    shop.put("/defer.js", count)
    banner = visit().asks().accept()
    gated = script("defer", "defer") + inline(count, more='data-type="module"')
    banner.put("/late", f"{gated}<script src='/wait.js'></script><p>1<p>2")
    shop.put("/wait.js", "")
    waiting = shop.hold("/wait.js")
    banner.page.goto(f"{shop.origin()}/late", wait_until="commit")
    banner.page.wait_for_function("document.scripts.length > 3")
    silence(banner)
    waiting.set()
    said(banner, 2, 2)


def test_every_attribute_is_copied_and_those_of_the_gate_do_not_run_twice(visit, vendors):
    more = 'id=tag nonce=n1 integrity="" crossorigin=anonymous referrerpolicy=origin data-domain="shop" @click="x"'
    banner = visit(f'<script type="text/plain" {GA4} data-src="{VENDOR}/a.js" defer {more}></script>')
    banner.call("acceptAll()").page.wait_for_function("window.loaded")
    attributes = (
        "Object.fromEntries([...document.querySelector('#tag').attributes].map(({name, value}) => [name, value]))"
    )
    copied = banner.page.evaluate(attributes)
    assert {"defer", "integrity", "@click", "data-category"} <= copied.keys()
    assert (copied["crossorigin"], copied["referrerpolicy"], copied["data-domain"]) == ("anonymous", "origin", "shop")
    assert banner.page.evaluate("document.querySelector('#tag').nonce") == "n1"
    banner.call("acceptAll()")
    assert len(vendors) == 1


def test_a_module_runs_as_a_module_and_json_stays_data(visit):
    banner = visit(
        inline("import.meta.url; " + say("module"), more='data-type="module"')
        + inline("{}", more='data-type="application/json" id=data')
    )
    banner.call("acceptAll()")
    said(banner, "module")
    assert banner.page.get_attribute("#data", "type") == "application/json"


def test_a_script_whose_hash_is_wrong_does_not_run_and_the_next_one_does(visit, vendors):
    wrong = f'<script type="text/plain" {GA4} data-src="{VENDOR}/a.js" integrity="sha256-AAAA" crossorigin></script>'
    banner = visit(wrong + inline(say("next")))
    banner.call("acceptAll()")
    said(banner, "next")
    assert banner.page.evaluate("window.loaded") is None


def test_a_template_is_released_with_its_text_and_order_and_its_scripts_run_once(visit, shop):
    shop.put("/b.js", say("b"))
    inside = (
        f"one <b>two</b> three<script>{say('a')}</script><script src='/b.js'></script> four<script>{say('c')}</script>"
    )
    banner = visit(f"<main>before <template {GA4}>{inside}</template> after</main>")
    expect(banner.page.locator("main")).to_have_text("before  after")
    banner.call("acceptAll()")
    said(banner, "a", "b", "c")
    text = "[...document.querySelectorAll('main script')].forEach((s) => s.remove()), document.querySelector('main').textContent"
    assert banner.page.evaluate(text) == "before one two three four after"


@pytest.mark.parametrize("around", ["{}", "<div>{}</div>", "<p>Page</p>{}<p>Page</p>", "<main><div>{}</div></main>"])
def test_a_script_of_which_half_has_come_waits_for_the_other_half(banner_of, around):
    banner = banner_of()
    halves = inline(f"{say('first')}; {PAUSE}{say('second')}")
    banner.put("/", around.format(halves) + inline(say("next")))
    banner.open("/other").asks().accept()
    said(banner.open(), "first", "second", "next")


def test_what_is_inert_inside_a_template_gets_its_address_in_the_order_of_the_document(visit, shop):
    shop.put("/b.js", say("b"))
    inside = (
        f"<script type='text/plain'>{say('a')}</script><script data-src='/b.js'></script><script>{say('c')}</script>"
        "<img data-src=/i.gif alt=''><link rel=stylesheet data-src=/l.css><iframe data-src=/f title=Frame></iframe>"
        "<script type=application/json data-src=/data id=data>{}</script>"
    )
    banner = visit(f"<template {GA4}>{inside}</template>")
    silence(banner)
    assert not [each for each in ("/b.js", "/i.gif", "/l.css", "/f", "/data") if shop.asked(each)]
    banner.call("acceptAll()")
    said(banner, "a", "b", "c")
    banner.wait_for("document.querySelector('iframe').src && document.querySelector('img').src")
    banner.page.wait_for_load_state("networkidle")
    assert [shop.asked(each) for each in ("/b.js", "/i.gif", "/l.css", "/f", "/data")] == [1, 1, 1, 1, 0]
    assert banner.page.get_attribute("#data", "type") == "application/json"


@pytest.mark.parametrize(
    ("attributes", "service"),
    [
        ("data-category=analytics", "ga4"),
        ("data-service=ga4", "ga4"),
        ("data-name=ga4 data-type=text/javascript", "ga4"),
        ("data-purpose=ga4", "ga4"),
        ("data-purpose=analytics", "ga4"),
        ("data-category=ma data-service=marketo", "marketo"),
    ],
)
def test_the_names_of_cookieconsent_klaro_and_orejime_open_the_gate_for_their_service_only(visit, attributes, service):
    other = "youtube"
    banner = visit(inline(say("ran"), gate=attributes))
    banner.call(f"save({{services: {{{other}: true}}}})")
    silence(banner)
    banner.call(f"save({{services: {{{service}: true}}}})")
    said(banner, "ran")


@pytest.mark.parametrize(
    "gate",
    [
        "data-category=analytics data-service=marketo",  # both must be granted
        "data-category=unheard_of",
        "data-service=unheard_of",
        "data-category=constructor",
        'data-category=""',
        "data-category=Analytics",
    ],
)
def test_names_that_the_policy_does_not_have_together_stay_closed(visit, gate):
    banner = visit(inline(say("ran"), gate=gate) + inline(say("counterpart")))
    banner.call("save({services: {ga4: true}})")
    said(banner, "counterpart")


def test_everything_that_comes_late_is_seen(visit, shop):
    banner = visit("<main></main>").asks().accept()
    late = f"<p>{inline(say('ignored'))}</p><iframe {YOUTUBE} data-src=/frame></iframe>"
    shop.put("/frame", "film")
    banner.page.evaluate("(html) => document.querySelector('main').innerHTML = html", late)
    said(banner, "ignored")
    banner.page.frame_locator("iframe").get_by_text("film").wait_for()
    routed = """(code) => { history.pushState({}, '', '/route'); const view = document.createElement('section');
        const tag = Object.assign(document.createElement('script'), { type: 'text/plain', text: code });
        tag.dataset.category = 'analytics'; view.append(tag); document.querySelector('main').replaceChildren(view) }"""
    banner.page.evaluate(routed, say("routed"))
    said(banner, "ignored", "routed")


def test_what_comes_late_before_consent_waits_for_it(visit):
    banner = visit("<main></main>").asks()
    banner.page.evaluate("(html) => document.querySelector('main').innerHTML = html", inline(say("late")))
    silence(banner)
    banner.accept()
    said(banner, "late")


def test_a_tag_that_a_router_took_away_again_does_not_run(visit):
    banner = visit(f"<main>{inline(say('gone'))}</main>{inline(say('stays'))}").asks()
    banner.page.evaluate("document.querySelector('main').remove()")
    banner.accept()
    said(banner, "stays")


def test_an_image_a_style_sheet_and_a_video_get_their_address(visit, shop):
    shop.put("/style.css", "")
    body = f"<img {GA4} data-src=/a.gif alt=x><link rel=stylesheet {GA4} data-src=/style.css>"
    banner = visit(f"{body}<video {YOUTUBE} data-src=/film.mp4></video>")
    addresses = """() => [...document.querySelectorAll('img, link[rel=stylesheet], body > video')]
        .map((element) => element.getAttribute('src') || element.getAttribute('href'))"""
    assert banner.page.evaluate(addresses) == [None, None, None]
    banner.call("save({services: {ga4: true}})")
    assert banner.page.evaluate(addresses) == ["/a.gif", "/style.css", None]
    banner.call("acceptAll()")
    assert banner.page.evaluate(addresses) == ["/a.gif", "/style.css", "/film.mp4"]


def test_markup_that_is_not_gated_is_left_alone(visit):
    banner = visit(
        f"<script>{say('own')}</script><img data-src=/lazy.gif alt=''><script type=text/plain>x</script>"
    ).asks()
    banner.accept()
    said(banner, "own")
    assert banner.page.get_attribute("img", "src") is None
