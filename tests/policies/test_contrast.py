import pytest

from consent.policies.contrast import ratio


def test_black_on_white_is_the_greatest_contrast():
    assert ratio("#000", "#ffffff") == pytest.approx(21)


def test_a_colour_on_itself_has_none():
    assert ratio("#1f4e79", "#1f4e79") == 1


def test_the_order_does_not_matter():
    assert ratio("#123456", "#fedcba") == ratio("#fedcba", "#123456")


@pytest.mark.parametrize(("grey", "enough"), [("#767676", True), ("#777777", False)])
def test_the_greys_that_everybody_knows_lie_on_their_sides_of_the_line(grey, enough):
    assert (ratio(grey, "#fff") >= 4.5) is enough
