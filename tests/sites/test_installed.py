"""Whether a page carries the tag as it must stand."""

import time

import pytest

from consent.sites.installed import judge

SCRIPT = "https://consent.example.net/b/shop.js"
TAG = f'<script src="{SCRIPT}"></script>'
GTAG = '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>'
GTM = "<script>(function(w){w.src='https://www.googletagmanager.com/gtm.js'})(window)</script>"


def verdict(head, body=""):
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return {each.name: each.holds for each in judge(page, address="https://shop.example/", script=SCRIPT)}


GOOD = {"present": True, "key": True, "once": True, "synchronous": True, "first": True}
NOT_CHECKED = dict.fromkeys(("once", "synchronous", "first"))


@pytest.mark.parametrize(
    "head",
    [
        TAG,
        '<meta charset=utf-8><script nonce="x" src="//consent.example.net/b/shop.js?x=1"></script>',
        TAG + GTAG + GTM,
        '<script type="text/plain" data-src="https://www.googletagmanager.com/gtag/js"></script>' + TAG,
        "<script>var own = 1</script>" + TAG,
        f"<!-- {GTAG} -->{TAG}",
        f"<noscript>{GTAG}</noscript>{TAG}",
        "<SCRIPT SRC='https://CONSENT.example.net/b/shop.js'></SCRIPT>",
    ],
)
def test_a_tag_that_stands_as_it_must_holds(head):
    assert verdict(head) == GOOD


@pytest.mark.parametrize(
    "head",
    [
        "",
        f"<!-- {TAG} -->",
        f"<noscript>{TAG}</noscript>",
        f"<template>{TAG}</template>",
        f"<textarea>{TAG}</textarea>",
        TAG.replace("<script", '<script type="text/plain"'),
        TAG.replace("consent.example.net", "consent.example.net.evil.example"),
        TAG.replace(" src=", " data-src="),
        "<script src='https://[x/b/shop.js'></script>",
    ],
)
def test_a_tag_that_does_not_run_is_not_there_and_the_rest_is_not_checked(head):
    assert verdict(head) == {"present": False, "key": None, **NOT_CHECKED}


def test_the_tag_of_another_site_is_told():
    other = TAG.replace("shop.js", "other.js")
    assert verdict(other) == {"present": False, "key": False, **NOT_CHECKED}
    assert verdict(TAG + other) == {**GOOD, "key": False}


@pytest.mark.parametrize(
    ("head", "fails"),
    [
        (TAG + TAG, "once"),
        (TAG.replace("<script", "<script async"), "synchronous"),
        (TAG.replace("<script", "<script defer"), "synchronous"),
        (TAG.replace("<script", '<script type="module"'), "synchronous"),
        (GTAG + TAG, "first"),
        (GTM + TAG, "first"),
        ("<script>gtag('js', new Date())</script>" + TAG, "first"),
        ("<script src='//www.google-analytics.com/analytics.js'></script>" + TAG, "first"),
    ],
)
def test_what_is_wrong_with_the_tag_is_told(head, fails):
    assert verdict(head) == {**GOOD, fails: False}


def test_a_page_that_is_broken_off_is_judged_by_what_there_is():
    assert judge(f"<html><head>{TAG}<script>gtag(", address="https://shop.example/", script=SCRIPT)[0].holds is True


def test_half_a_megabyte_of_unclosed_comments_keeps_nobody_waiting():
    begun = time.process_time()
    judge("<!--" * 128_000, address="https://shop.example/", script=SCRIPT)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "inside",
    [
        "<p>Only words</p>",
        "<img data-src='https://vendor.example/a.gif'><script data-src='https://vendor.example/a.js'></script>",
        "<img src=/own.png><img src='https://shop.example/own.png' srcset='own-2.png 2x, /own-3.png 3x'>",
        "<a href='https://vendor.example/'>Vendor</a><script>'https://vendor.example/'</script>",
        "<img src='data:image/gif;base64,AAAA'><script src='https://[x'></script>",
    ],
)
def test_a_gated_template_that_asks_for_nothing_ahead_holds(inside):
    assert verdict(TAG, f"<template data-category=ma>{inside}</template>") == {**GOOD, "template": True}


@pytest.mark.parametrize("gate", ["data-category=ma", "data-service=x", "data-name=x", "data-purpose=ma"])
@pytest.mark.parametrize(
    "inside",
    [
        "<img src='https://vendor.example/a.gif'>",
        "<script src='//vendor.example/a.js'></script>",
        "<link rel=stylesheet href='https://vendor.example/a.css'>",
        "<img srcset='/own.png 1x, https://vendor.example/a.png 2x'>",
        "<video poster='https://vendor.example/a.jpg'></video>",
        "<template><p></p></template><img src=' https://vendor.example/a.gif '>",
    ],
)
def test_an_address_of_another_host_in_a_gated_template_is_told(gate, inside):
    assert verdict(TAG, f"<template {gate}>{inside}</template>") == {**GOOD, "template": False}


def test_what_stands_outside_of_gated_templates_is_the_pages_own_affair():
    foreign = "<img src='https://vendor.example/a.gif'>"
    assert verdict(TAG, f"{foreign}<template>{foreign}</template></template>") == GOOD
    assert verdict(TAG, f"<template data-category=ma></template>{foreign}") == {**GOOD, "template": True}


def test_templates_are_judged_where_the_tag_is_missing_too():
    page = "<template data-category=ma><img src='https://vendor.example/a.gif'></template>"
    assert verdict("", page) == {"present": False, "key": None, **NOT_CHECKED, "template": False}
