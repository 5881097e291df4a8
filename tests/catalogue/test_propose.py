"""Ten pages as they stand on the web in form: every preset that is placed in them is proposed, and nothing else."""

import time
from pathlib import Path

import pytest

from consent.catalogue.presets import presets
from consent.catalogue.propose import propose

PAGES = Path(__file__).parent / "pages"
UUID = "01234567-89ab-cdef-0123-456789abcdef"
EXPECTED = {
    "wordpress": [
        ("google_search_console", {}),
        ("google_fonts", {}),
        ("ga4", {"measurement_id": "G-WPSITE0001"}),
        ("youtube", {}),
        ("recaptcha", {}),
    ],
    "gtm_only": [("gtm", {"container_id": "GTM-ONLY001"})],
    "japanese_corporate": [
        ("ga4", {"measurement_id": "G-MIHON00001"}),
        ("satori", {"tracking_code": "0a1b2c3d4e5f"}),
        ("yahoo_japan_ads", {}),
        ("line_tag", {"tag_id": UUID}),
    ],
    "spa": [("amplitude", {"api_key": "00112233445566778899aabbccddeeff"}), ("intercom", {}), ("stripe", {})],
    "amp": [
        ("google_fonts", {}),
        ("ga4", {"measurement_id": "G-AMPNEWS001"}),
        ("gtm", {"container_id": "GTM-AMP0001"}),
        ("youtube", {}),
        ("pinterest_tag", {"tag_id": "2612345678901"}),
    ],
    "inline_soup": [
        ("ad_ebis", {}),
        ("list_finder", {"tracking_id": "LFT-10000-1"}),
        ("meta_pixel", {"pixel_id": "100000000000001"}),
        ("meta_pixel", {"pixel_id": "100000000000002"}),
        ("microsoft_uet", {"tag_id": "12345678"}),
        ("clarity", {"project_id": "soup123456"}),
        ("karte", {"project_key": "00000000000000000000000000000001"}),
        ("chatplus", {}),
        ("ptengine", {"site_id": "39aaaaaa"}),
    ],
    "minified": [
        ("google_ads", {"conversion_id": "AW-987654321"}),
        ("linkedin_insight", {"partner_id": "7654321"}),
        ("marketo", {"munchkin_id": "123-XYZ-789"}),
        ("matomo", {"host": "stats.example.co.jp", "site_id": "3"}),
        ("tiktok_pixel", {"pixel_id": "C4MINIFIED0000000001"}),
        ("x_pixel", {"pixel_id": "o9xyz"}),
    ],
    "commented_out": [("fathom", {"site_id": "ABCDEFGH"})],
    "noscript_only": [
        ("meta_pixel", {"pixel_id": "123450000000001"}),
        ("linkedin_insight", {"partner_id": "1122334"}),
        ("floodlight", {}),
        ("microsoft_uet", {"tag_id": "11223344"}),
    ],
    "gated": [
        ("ga4", {"measurement_id": "G-GATED00001"}),
        ("hubspot", {"portal_id": "12345678"}),
        ("vimeo", {}),
        ("google_maps", {}),
        ("reddit_pixel", {"pixel_id": "t2_gated123"}),
    ],
}


def page(name):
    return (PAGES / f"{name}.html").read_text("utf-8")


def found(html):
    return [(each.preset, dict(each.parameters)) for each in propose(html)]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_preset_on_the_page_is_proposed_with_its_parameters_and_nothing_else(name):
    order = [name for name, _ in EXPECTED[name]]
    assert sorted(found(page(name)), key=str) == sorted(EXPECTED[name], key=str)
    if name != "minified":  # everything stands in one line there
        assert [name for name, _ in found(page(name))] == order


def test_every_page_is_tried():
    assert {path.stem for path in PAGES.iterdir()} == EXPECTED.keys()
    assert len(EXPECTED) >= 10


def test_what_the_page_holds_back_already_is_told_from_what_loads():
    held = {each.preset: each.held_back for each in propose(page("gated"))}
    assert held == {"ga4": True, "hubspot": True, "vimeo": True, "google_maps": False, "reddit_pixel": True}


def test_a_trace_says_where_and_by_what_it_was_found():
    (meta, *_) = propose(page("wordpress"))
    assert [(trace.kind, trace.line, trace.excerpt) for trace in meta.traces] == [
        ("meta", 8, "google-site-verification")
    ]
    ga4 = propose(page("wordpress"))[2]
    assert [(trace.kind, trace.line) for trace in ga4.traces] == [("url", 22), ("code", 23)]
    assert 'gtag("config","G-WPSITE0001")' in ga4.traces[1].excerpt


def test_values_that_fit_no_pattern_are_no_parameters():
    assert found('<script src="https://satori.segs.jp/s.js?c=%22%3E"></script>') == [("satori", {})]
    assert found("<script>fbq('init', '<?php echo $id ?>')</script>") == []


@pytest.mark.parametrize("preset", presets().values(), ids=lambda each: each.id)
def test_what_a_preset_loads_is_found_again_on_a_page(preset):
    """The address of the script that the platform would load leads back to the preset, with what stands in it."""
    given = {each.name: each.example for each in preset.parameters}
    for step in preset.load:
        if "script" in step and preset.name:
            address = step["script"]["src"]
            for name, value in given.items():
                address = address.replace(f"{{{name}}}", value)
            names = [each.preset for each in propose(f'<script src="{address}"></script>')]
            assert names == [preset.id]


@pytest.mark.parametrize(
    "html",
    [
        "<script>" + "gtag('config'," * 30_000,
        '<script src="' + "www.googletagmanager.com/gtag/js?" * 10_000,
        "<script>" + " " * 400_000 + "x</script>",
        "<script>'" + "a." * 200_000 + "'</script>",
        "<script>" + "u='//" * 80_000 + "</script>",
        "<!--" * 100_000,
        "<script>" + "/*" * 200_000,
        "<a" * 150_000,
        "<template>" * 40_000,
        "<img src='//a.b/c'>" * 20_000,
    ],
)
def test_a_hostile_page_does_not_keep_the_server_busy(html):
    begun = time.process_time()
    propose(html)
    assert time.process_time() - begun < 5


def test_nothing_is_found_where_nothing_is():
    assert [propose(html) for html in ("", "plain", "<p>GTM-ABC1234 G-ABC1234567</p>", "\x00\ud83d")] == [[]] * 4
