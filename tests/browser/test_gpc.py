"""Global Privacy Control: honoured, shown, recorded once, and never taken for a consent."""

import pytest

NOTICE = "お使いのブラウザの信号に従います"
NOTE = {"texts": {"ja": {"gpc": NOTICE}, "en": {"gpc": "We follow your browser's signal"}}}


def signal(page, value="true"):
    page.add_init_script(f"Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {{value: {value}}})")


@pytest.fixture
def policy():
    return NOTE


def test_the_signal_is_recorded_once_and_grants_nothing(visit, page, vendors):
    signal(page)
    banner = visit().asks()
    (row,) = banner.delivered()
    assert (row["decision"], row["source"], row["gpc"]) == ("gpc", "gpc", True)
    assert [name for name, on in row["services"].items() if on] == ["consent"]
    assert (banner.granted(), banner.state()["decided"], vendors) == ([], False, [])
    assert page.evaluate("consent.gpc") is True


def test_the_signal_is_no_answer_so_that_the_visitor_is_asked_and_told(visit, page):
    signal(page)
    banner = visit().asks()
    assert NOTICE in banner.words()
    assert NOTICE in banner.settings().words()


def test_a_visitor_without_the_signal_is_told_nothing_of_it(visit):
    banner = visit().asks()
    assert NOTICE not in banner.words()
    assert NOTICE not in banner.settings().words()


def test_the_next_pages_record_no_second_signal(visit, page):
    signal(page)
    banner = visit().asks()
    before = banner.delivered()
    for path in ("/a", "/b"):
        banner.open(path).asks().settle()
    assert banner.delivered() == before


@pytest.mark.parametrize("value", ["undefined", "false", "1", "'1'", "'true'", "null"])
def test_anything_but_true_is_no_signal(visit, page, value):
    signal(page, value)
    banner = visit().asks().settle()
    assert (banner.delivered(), page.evaluate("consent.gpc")) == ([], False)


def test_a_later_choice_of_the_visitor_holds_and_is_recorded_beside_the_signal(visit, page):
    signal(page)
    banner = visit().asks()
    banner.delivered()
    first, second = banner.accept().delivered()
    assert (second["decision"], second["gpc"]) == ("accept_all", True)
    assert second["visitor_id"] == first["visitor_id"]
    banner.open("/a").is_silent()
    assert "meta_pixel" in banner.granted()
    assert len(banner.delivered()) == 2


def test_a_decision_from_before_the_signal_is_not_overridden_by_it(visit, page):
    banner = visit().asks().accept()
    banner.delivered()
    signal(page)
    banner.open("/a").is_silent()
    assert (len(banner.granted()), len(banner.delivered())) == (5, 1)
