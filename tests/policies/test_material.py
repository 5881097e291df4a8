from consent.policies.material import compare
from tests.policies.policy import ACME, CUSTOM, SMALL, resolved

OWN = {"services": [CUSTOM], "vendors": [ACME]}


def reasons(old, new):
    change = compare(old, new)
    assert change.material is bool(change.reasons)
    return {(each.code, each.id) for each in change.reasons}


def chat(**changes):
    return resolved(services=[{**CUSTOM, **changes}], vendors=[ACME])


def test_the_first_publication_is_material():
    assert reasons(None, resolved()) == {("first_publication", "")}


def test_the_same_again_is_not_material():
    assert reasons(resolved(), resolved()) == set()


def test_a_new_service_with_its_vendor_is_material():
    assert reasons(resolved(), resolved(**OWN)) == {
        ("service_added", "chat"),
        ("vendor_added", "acme"),
        ("country_added", "JP"),
    }


def test_a_new_category_is_material():
    new = resolved(categories=["necessary", "analytics", "ma", "advertising"])
    assert reasons(resolved(), new) == {("category_added", "advertising")}


def test_removals_are_not_material():
    assert reasons(resolved(**OWN), resolved()) == set()


def test_another_vendor_behind_a_service_is_material():
    assert ("service_vendor_changed", "chat") in reasons(chat(), chat(vendor="adobe"))


def test_another_category_of_a_service_is_material():
    assert reasons(chat(), chat(category="analytics")) == {("service_category_changed", "chat")}


def test_another_purpose_is_material_in_whichever_language_it_changes():
    new = chat(purpose={**CUSTOM["purpose"], "en": "Sells your answers."})
    change = compare(chat(), new)
    assert [(each.code, each.parts["languages"]) for each in change.reasons] == [("service_purpose_changed", ["en"])]


def test_a_new_language_is_not_material():
    plain = {"controller": {"name": "Sample"}}
    new = resolved(languages=["ja", "en", "de"], **plain)
    assert reasons(resolved(**plain), new) == set()


def test_acquiring_as_personal_data_is_material_and_ending_it_is_not():
    acquiring = chat(acquires_as_personal_data={"items": ["ip"]})
    assert reasons(chat(), acquiring) == {("service_acquires", "chat")}
    assert reasons(acquiring, chat()) == set()


def test_acquiring_more_is_material_and_less_is_not():
    little = chat(acquires_as_personal_data={"items": ["ip"]})
    much = chat(acquires_as_personal_data={"items": ["ip", "page_url"]})
    assert reasons(little, much) == {("service_acquires_more", "chat")}
    assert reasons(much, little) == set()


def test_another_country_of_a_vendor_is_material():
    moved = resolved(services=[CUSTOM], vendors=[{**ACME, "country": "CN"}])
    assert reasons(resolved(**OWN), moved) == {("vendor_country_changed", "acme"), ("country_added", "CN")}


def test_another_legal_entity_under_the_same_id_is_material():
    sold = resolved(services=[CUSTOM], vendors=[{**ACME, "name": "Buyer K.K."}])
    assert reasons(resolved(**OWN), sold) == {("vendor_changed", "acme")}


def test_wording_style_and_layout_are_not_material():
    new = resolved(
        texts={"ja": {"title": "新しい題"}},
        theme={"radius": 0, "light": {"accent": "#000000"}},
        layout={"first": "dialog"},
        consent={"lifetime_days": 90},
        privacy_policy={"url": "https://example.com/privacy", "version": "2"},
    )
    assert reasons(resolved(), new) == set()


def test_a_service_that_comes_back_is_new_again():
    without = resolved()
    assert ("service_added", "chat") in reasons(without, resolved(**OWN))
    assert SMALL["services"][0]["id"] == "ga4"
