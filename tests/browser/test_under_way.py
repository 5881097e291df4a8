"""Withdrawn while something is still on its way: it does not run any more, and asks for nothing more."""

import json
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.browser.vendor_calls import ADDRESSES, CODE, ON_LOAD, RELOADS, SERVICES

STOP = [name for name in SERVICES if name not in RELOADS]
GA4 = "data-category=analytics data-service=ga4"
YOUTUBE = "data-category=functional data-service=youtube"
IN_THE_PAGE = {"services": [{**SERVICES["ga4"], "load": "page"}, {"id": "youtube", "preset": "youtube"}]}
VENDOR = "https://vendor.test"
NAMES = ("page", "template", "route", "second")


class UnderWay:
    """Requests for these addresses get no answer before `answer`."""

    def __init__(self, vendors, *addresses):
        self.vendors, self.addresses, self.routes, self.given_up = vendors, set(addresses), [], set()

    def watch(self, page):
        page.on("requestfailed", lambda request: self.given_up.add(request.url))
        page.route(lambda url: url in self.addresses, lambda route: self.routes.append(route))
        return page

    def asked(self, banner, times=1):
        """Returns once each has been asked for as often."""
        self._until(banner, lambda: len(self.routes) == times * len(self.addresses))

    def no_longer_awaited(self, banner):
        """Returns once the browser has given up each of them."""
        self._until(banner, lambda: self.given_up >= self.addresses)

    def _until(self, banner, condition):
        for _ in range(500):
            if condition():
                return
            banner.page.wait_for_timeout(20)
        raise AssertionError(f"{len(self.routes)} asked for; given up: {self.given_up}")

    def answer(self):
        for route in self.routes:
            with suppress(Error):  # the browser has given it up
                self.vendors.answer(route)


@pytest.fixture
def under_way(vendors):
    return lambda *addresses: UnderWay(vendors, *addresses)


def withdraw(banner, shop, held):
    """The page asked for anew comes late, what was under way before it; returns what the vendors' scripts noted."""
    new_page = shop.hold("/")
    banner.page.evaluate("consent.withdraw()")
    held.no_longer_awaited(banner)
    held.answer()
    banner.reloads(new_page.set)
    return banner.page.evaluate("sessionStorage.notes")


def test_a_tag_under_way_does_not_find_its_queue_after_the_withdrawal(banner_of, page, vendors, under_way, shop):
    vendors.code.update(CODE)
    held = under_way(*(ADDRESSES[name] for name in STOP))
    held.watch(page)
    banner = banner_of(services=[SERVICES[name] for name in STOP]).open().asks().accept()
    held.asked(banner)
    assert withdraw(banner, shop, held) is None
    assert [row["decision"] for row in banner.is_silent().delivered()] == ["accept_all", "withdraw"]


def test_markup_under_way_does_not_run_while_the_new_page_is_awaited(banner_of, page, vendors, under_way, shop):
    """In the page, in a template, put there by a router that took it away again, and loaded by another script."""
    note = "sessionStorage.notes = (sessionStorage.notes || '') + 'ran '"
    load = f"document.head.append(Object.assign(document.createElement('script'), {{src: '{VENDOR}/second.js'}}))"
    vendors.code.update({"vendor.test": note, "first.test": load})
    scripts = [f"<script type=text/plain {GA4} async data-src={VENDOR}/{name}.js></script>" for name in NAMES]
    first = f"<script type=text/plain {GA4} data-src=https://first.test/></script>"
    template = f"<template {GA4}><script async src={VENDOR}/template.js></script></template>"
    held = under_way(*(f"{VENDOR}/{name}.js" for name in NAMES))
    held.watch(page)
    banner = banner_of(**IN_THE_PAGE)
    banner.put("/", f"{scripts[0]}{template}<main></main>{first}")
    banner.open().asks().accept()
    banner.page.evaluate("(html) => document.querySelector('main').innerHTML = html", scripts[2])
    held.asked(banner)
    banner.page.evaluate("document.querySelector('main').remove()")
    assert withdraw(banner, shop, held) is None


def test_pictures_frames_films_and_styles_under_way_are_given_up_without_a_reload(banner_of, page, under_way, shop):
    """One that is given up follows no redirect. The page's own policy is not broken by it."""
    held = under_way(*(f"{VENDOR}/{name}" for name in ("picture", "frame", "film", "style")))
    held.watch(page)
    banner = banner_of(**IN_THE_PAGE)
    markup = [
        ("img", "picture", ""),
        ("iframe", "frame", ""),
        ("video", "film", ""),
        ("link", "style", "rel=stylesheet"),
    ]
    body = "".join(f"<{tag} {YOUTUBE} data-src={VENDOR}/{name} {more}></{tag}>" for tag, name, more in markup)
    note = "violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
    sources = f"'self' {VENDOR}"
    rules = "; ".join(f"{kind}-src {sources}" for kind in ("img", "frame", "media", "style"))
    banner.put("/", f"{body}<script>{note}</script>", Content_Security_Policy=rules)
    banner.open().asks().accept()
    held.asked(banner)
    banner.call("withdraw()")
    held.no_longer_awaited(banner)
    assert banner.settle().page.evaluate("violations") == []
    assert shop.asked("/") == 1


def test_a_consent_right_after_a_withdrawal_loads_the_tag_anew_and_once(banner_of, page, vendors, under_way):
    vendors.code.update(CODE)
    held = under_way(ADDRESSES["meta_pixel"])
    held.watch(page)
    banner = banner_of(services=[SERVICES["meta_pixel"]]).open().asks().accept()
    held.asked(banner)
    banner.page.evaluate("consent.withdraw(); consent.acceptAll()")
    held.asked(banner, times=2)
    held.answer()
    banner.wait_for("sessionStorage.notes")
    assert json.loads(banner.settle().page.evaluate("sessionStorage.notes")) == ON_LOAD["meta_pixel"]
    assert banner.granted() == ["meta_pixel"]
    assert [row["decision"] for row in banner.delivered()] == ["accept_all", "withdraw", "accept_all"]


def test_a_withdrawal_in_another_tab_stops_what_is_under_way_here(banner_of, page, context, vendors, under_way, shop):
    vendors.code.update(CODE)
    held = under_way(ADDRESSES["meta_pixel"])
    banner = banner_of(services=[SERVICES["meta_pixel"]]).open().asks()
    here = banner.in_page(held.watch(context.new_page())).open().asks()
    banner.accept()
    held.asked(here)
    new_page = shop.hold("/")
    banner.page.evaluate("consent.withdraw()")
    held.no_longer_awaited(here)
    held.answer()
    here.reloads(new_page.set)
    assert here.page.evaluate("[sessionStorage.notes, consent.state().decision]") == [None, "withdraw"]
