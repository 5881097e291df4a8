"""A visitor under a law that lets tags run until they refuse, on the real platform."""

import pytest

from tests.browser.test_gpc import signal

YOUTUBE = {"id": "youtube", "preset": "youtube"}
PIXEL = {"id": "meta_pixel", "preset": "meta_pixel", "parameters": {"pixel_id": "123456789012345"}, "load": "platform"}
FRAME = '<iframe data-category=functional data-service=youtube data-src="https://www.youtube-nocookie.com/embed/x"></iframe>'


@pytest.fixture
def policy():
    return {"services": [YOUTUBE, PIXEL], "law": {"packs": ["us-ca"]}}


def pixels(vendors):
    return [host for host in vendors.hosts() if host == "connect.facebook.net"]


def test_tags_run_until_the_visitor_refuses_and_never_after(visit, vendors):
    banner = visit().asks()
    assert (len(pixels(vendors)), banner.state()["decided"]) == (1, False)
    assert "いつでも停止" in banner.words()
    assert banner.data_layer()[-1] == {
        "event": "consent_update",
        "consent_categories": ",functional,analytics,ma,advertising,",
        "consent_source": "notice",
    }
    banner.reject()
    (row,) = banner.delivered()
    assert (row["decision"], row["legal_model"], row["services"]["meta_pixel"]) == ("reject_all", "opt_out", False)
    vendors.clear()
    banner.open("/a").is_silent()
    assert (banner.granted(), pixels(vendors)) == ([], [])


def test_without_an_answer_nothing_is_recorded_and_the_next_page_asks_again(visit, vendors):
    banner = visit().asks()
    banner.open("/a").asks().settle()
    assert (banner.records(), banner.outbox(), banner.cookie()) == ([], [], None)
    assert len(pixels(vendors)) == 2


def test_the_browsers_signal_is_a_refusal_and_is_shown(visit, page, vendors):
    signal(page)
    banner = visit(FRAME).asks()
    (row,) = banner.delivered()
    assert (row["decision"], row["gpc"], row["legal_model"]) == ("gpc", True, "opt_out")
    assert (row["services"]["youtube"], row["services"]["meta_pixel"]) == (True, False)
    assert (pixels(vendors), banner.granted()) == ([], ["youtube"])
    assert "GPC" in banner.words()


def test_the_settings_start_from_what_runs(visit):
    banner = visit().asks().settings()
    assert banner.service_switch("meta_pixel").is_checked()
    banner.switch("meta_pixel", on=False).save()
    (row,) = banner.delivered()
    assert (row["decision"], row["services"]["youtube"], row["services"]["meta_pixel"]) == ("custom", True, False)


def test_a_page_may_name_the_pack_itself(banner_of, vendors):
    banner = banner_of(law={"packs": ["jp", "us-ca"]})
    plain, banner.script = banner.script, banner.script.replace(".js", ".us-ca.js")
    banner.open().asks()
    assert len(pixels(vendors)) == 1
    banner.settings().reject()
    assert banner.delivered()[0]["legal_model"] == "opt_out"
    banner.script = plain
    banner.put("/b")
    banner.open("/b").is_silent()
    assert banner.granted() == [], "one decision for all of them"


def test_an_unknown_region_has_the_strictest_by_a_redirect(banner_of, vendors):
    banner = banner_of(law={"packs": ["jp", "us-ca"]}).open().asks()
    assert (pixels(vendors), banner.granted()) == ([], [])
    banner.accept()
    assert banner.delivered()[0]["legal_model"] == "opt_in"
    assert len(pixels(vendors)) == 1
