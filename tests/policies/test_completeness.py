from consent.policies.completeness import Said, completeness
from tests.policies.policy import resolved


def test_a_policy_of_built_in_languages_is_complete():
    said = completeness(resolved())
    assert said.keys() == {"ja", "en"}
    assert said["ja"].percent == 100
    assert said["ja"] == said["en"]
    assert said["ja"].of > 60


def test_what_is_missing_in_a_language_is_counted():
    whole, part = completeness(resolved()), completeness(resolved(controller={"name": {"ja": "見本"}}))
    assert part["en"] == Said(whole["en"].there - 1, whole["en"].of)
    assert part["en"].percent < 100
    assert part["ja"].percent == 100
