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


def test_a_text_of_spaces_says_nothing():
    document = resolved()
    document["texts"]["en"]["title"] = " \n"
    whole = completeness(resolved())["en"]
    assert completeness(document)["en"] == Said(whole.there - 1, whole.of)


def test_nearly_everything_is_not_everything():
    assert Said(199, 200).percent == 99
    assert Said(0, 0).percent == 100


def test_the_controller_is_counted_once():
    """It is among the vendors, too."""
    document = resolved()
    without = {
        **document,
        "vendors": {name: each for name, each in document["vendors"].items() if name != "controller"},
    }
    assert completeness(document) == completeness(without)
