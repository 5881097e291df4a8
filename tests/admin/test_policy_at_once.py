"""Two people at the policy at once, where one of them takes away what the other is writing about."""

import html

import pytest

from tests.admin.test_policy import POLICY, edition, send

GA4 = "/services/ga4"


@pytest.fixture
def two(person, site):
    return person("editor", site), person("editor", site)


def opened(person, path):
    return edition(person.get(f"{POLICY}{path}").text)


def source_in(page):
    return html.unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])


def test_a_service_that_somebody_removes_meanwhile_comes_back_by_saving_over_it(two):
    one, other = two
    read = opened(one, GA4)
    send(other, f"{GA4}/remove", of="/services")
    typed = {
        "edition": read,
        "preset": "ga4",
        "parameter.measurement_id": "G-TYPED12345",
        "name.ja": "計測",
        "load": "page",
    }
    answer = one.post(f"{POLICY}{GA4}", typed)
    assert answer.status_code == 409
    assert "G-TYPED12345" in answer.text
    assert "計測" in answer.text
    source = source_in(answer.text)
    assert "measurement_id: G-TYPED12345" in source
    assert "id: ga4" not in one.get(f"{POLICY}/source").text, "nothing is overwritten yet"
    saved = one.post(f"{POLICY}/source", {"edition": edition(answer.text), "source": source})
    assert saved.status_code == 303, saved.text
    assert "G-TYPED12345" in one.get(f"{POLICY}{GA4}").text


def test_what_was_typed_is_shown_where_it_has_no_place_any_more(two):
    one, other = two
    read = opened(one, GA4)
    send(other, f"{GA4}/remove", of="/services")
    answer = one.post(f"{POLICY}{GA4}", {"edition": read, "preset": "none", "name.ja": "<b>計測</b>"})
    assert answer.status_code == 409
    assert "&lt;b&gt;計測&lt;/b&gt;" in answer.text


def test_texts_for_what_somebody_has_taken_away_are_shown(two):
    one, other = two
    read = opened(one, "/texts")
    send(
        other,
        "/consent",
        {"lifetime_days": "90", "cookie": "consent", "mode": "basic", "wait_for_update": "500", "law": "jp"},
    )
    answer = one.post(
        f"{POLICY}/texts", {"edition": read, "text.title.ja": "私の題", "category.gone.name.ja": "消えた"}
    )
    assert answer.status_code == 409
    assert "私の題" in source_in(answer.text)
    assert "消えた" in answer.text


def test_a_service_that_never_was_is_still_nothing(two):
    one, _ = two
    answer = one.post(f"{POLICY}/services/nothing", {"edition": opened(one, "/services"), "preset": "ga4"})
    assert answer.status_code == 404
    assert "id: nothing" not in one.get(f"{POLICY}/source").text


def test_removing_what_somebody_has_removed_is_no_error_of_anybodys(two):
    one, other = two
    read = opened(one, "/services")
    send(other, f"{GA4}/remove", of="/services")
    assert one.post(f"{POLICY}{GA4}/remove", {"edition": read}).status_code == 409
