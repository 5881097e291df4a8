from consent.policies.diff import differences
from tests.policies.policy import ACME, CUSTOM, resolved


def found(old, new):
    return [(each.kind, each.path) for each in differences(old, new)]


def test_no_difference_is_no_line():
    assert found(resolved(), resolved()) == []


def test_a_changed_text_is_one_line_with_its_place():
    (line,) = differences(resolved(), resolved(texts={"ja": {"title": "題"}}))
    assert (line.kind, line.path, line.new) == ("changed", "texts.ja.title", "題")


def test_a_service_put_in_is_one_line_and_not_a_shift_of_all_others():
    assert found(resolved(), resolved(services=[CUSTOM], vendors=[ACME])) == [
        ("added", "services.chat"),
        ("added", "vendors.acme"),
    ]
    assert found(resolved(services=[CUSTOM], vendors=[ACME]), resolved()) == [
        ("removed", "services.chat"),
        ("removed", "vendors.acme"),
    ]


def test_a_cookie_and_a_stored_key_of_one_name_are_told_apart():
    old, new = resolved(), resolved(consent={"lifetime_days": 90})
    assert found(old, new) == [
        ("changed", "services.consent.cookies.consent (cookie).lifetime_s"),
        ("changed", "consent.lifetime_days"),
    ]


def test_a_list_of_plain_values_is_compared_as_a_whole():
    assert found({"a": [1, 2]}, {"a": [2, 1]}) == [("changed", "a")]
