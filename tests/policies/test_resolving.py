import json

from consent.catalogue.parameters import fill_steps
from consent.catalogue.presets import presets
from consent.merkle.canonical import canonical_bytes, digest
from consent.policies.document import read, resolve
from tests.people import example_policy
from tests.policies.policy import ACME, CUSTOM, resolved, service, source

TEN = ["ja", "en", "zh", "zh-TW", "ko", "de", "fr", "es", "pt", "ar"]


def language_maps(value, languages):
    """Every map in the document whose keys are languages."""
    if isinstance(value, list):
        return [found for member in value for found in language_maps(member, languages)]
    if not isinstance(value, dict):
        return []
    if value and set(value) <= set(languages):
        return [value]
    return [found for member in value.values() for found in language_maps(member, languages)]


def test_the_same_source_gives_the_same_bytes():
    source = read(example_policy())
    assert canonical_bytes(resolve(source).document) == canonical_bytes(resolve(read(example_policy())).document)


def test_a_changed_word_gives_another_version():
    other = resolved(texts={"ja": {"title": "別の題"}})
    assert digest(canonical_bytes(resolved())) != digest(canonical_bytes(other))


def test_every_text_is_there_in_every_language():
    policy = source(
        languages=TEN,
        controller={"name": "Sample"},
        services=[{"id": "hubspot", "preset": "hubspot", "parameters": {"portal_id": 1234}}],
    )
    document, languages = resolve(policy).document, [each.lower() for each in TEN]
    assert resolve(policy).findings == []
    maps = language_maps(document, languages)
    assert len(maps) > 60
    assert all(list(each) == languages and all(each.values()) for each in maps)
    canonical_bytes(document)


def test_the_built_in_service_comes_first_and_names_our_own_cookie():
    first = resolved(consent={"cookie": "choice", "lifetime_days": 90})["services"][0]
    assert (first["id"], first["category"], first["vendor"]) == ("consent", "necessary", "controller")
    rows = [(row["kind"], row["name"], row["lifetime_s"]) for row in first["cookies"]]
    assert rows == [
        ("cookie", "choice", 90 * 86_400),
        ("local_storage", "choice", -1),
        ("local_storage", "choice.outbox", -1),
        ("local_storage", "choice.receipt", -1),
    ]


def test_the_controller_is_a_vendor():
    document = resolved(controller={"name": "Sample", "address": "1-1", "country": "JP"})
    assert document["vendors"]["controller"] == {
        "name": {"ja": "Sample", "en": "Sample"},
        "address": {"ja": "1-1", "en": "1-1"},
        "country": "JP",
        "policy_url": "https://example.com/privacy",
        "opt_out_url": None,
    }


def test_vendors_in_use_are_there_and_no_others():
    assert set(resolved()["vendors"]) == {"controller", "google", "adobe"}
    assert set(resolved(services=[CUSTOM], vendors=[ACME])["vendors"]) == {"controller", "google", "adobe", "acme"}


def test_a_vendor_of_the_policy_takes_the_place_of_the_catalogues():
    vendors = [{"id": "google", "name": "Google Ireland Limited", "country": "IE"}]
    assert resolved(vendors=vendors)["vendors"]["google"]["country"] == "IE"


def test_categories_stand_in_canonical_order_with_necessary_always_there():
    document = resolved(categories=["ma", "analytics"])
    assert [each["id"] for each in document["categories"]] == ["necessary", "analytics", "ma"]


def test_a_category_may_have_its_own_name_in_one_language():
    document = resolved(categories=["analytics", {"id": "ma", "name": {"ja": "ご案内"}}])
    name = document["categories"][2]["name"]
    assert name["ja"] == "ご案内"
    assert name["en"]


def test_a_service_knows_what_its_preset_knows():
    marketo, preset = service(resolved(), "marketo"), presets()["marketo"]
    assert (marketo["category"], marketo["vendor"], marketo["load"]) == ("ma", "adobe", "platform")
    assert [each["id"] for each in marketo["sends"]] == list(preset.sends)
    assert [row["name"] for row in marketo["cookies"]] == [row.name for row in preset.storage]
    assert marketo["steps"]["load"] == fill_steps(preset.load, {"munchkin_id": "123-ABC-456"})
    assert "{" not in json.dumps(marketo["steps"]["load"][1]["script"]["then"][0]["call"]["args"])


def test_parameters_are_filled_in_everywhere():
    ga4 = service(resolved(), "ga4")
    assert "G-ABC1234567" in json.dumps(ga4["steps"]["load"])
    assert ga4["steps"]["revoke"] == [{"set": {"name": "ga-disable-G-ABC1234567", "value": True}}]


def test_the_host_of_a_custom_script_is_the_host_of_its_address():
    chat = service(resolved(services=[CUSTOM], vendors=[ACME]), "chat")
    assert chat["hosts"] == ["cdn.example.com"]


def test_cookies_of_the_policy_are_added_and_swept():
    cookies = [
        {"name": "chat_*", "lifetime_s": 60, "purpose": {"ja": "識別", "en": "Recognises you"}},
        {"name": "chat.state", "kind": "local_storage"},
    ]
    chat = service(resolved(services=[{**CUSTOM, "cookies": cookies}], vendors=[ACME]), "chat")
    assert [row["name"] for row in chat["cookies"]] == ["chat_*", "chat.state"]
    assert chat["sweep"] == {"cookies": ["chat_*"], "storage": ["chat.state"]}
    assert chat["cookies_known"]


def test_a_row_of_the_policy_takes_the_place_of_the_presets():
    cookies = [{"name": "_mkto_trk", "lifetime_s": 60, "confidence": "observed"}]
    given = {"id": "m2", "preset": "marketo", "parameters": {"munchkin_id": "123-ABC-456"}, "cookies": cookies}
    rows = {row["name"]: row for row in service(resolved(services=[given]), "m2")["cookies"]}
    assert rows["_mkto_trk"]["lifetime_s"] == 60
    assert "mkto_opt_out" in rows


def test_cookies_that_nobody_knows_are_not_called_none():
    given = {"id": "satori", "preset": "satori", "parameters": {"tracking_code": "abcd1234"}}
    satori = service(resolved(services=[given]), "satori")
    assert (satori["cookies"], satori["cookies_known"]) == ([], False)
    listed = service(resolved(services=[{**given, "cookies": []}]), "satori")
    assert listed["cookies_known"]


def test_what_has_nothing_to_load_is_carried_by_the_page():
    document = resolved(categories=["functional", "analytics", "ma"], services=[{"id": "yt", "preset": "youtube"}])
    assert service(document, "yt")["load"] == "page"


def test_the_opt_out_of_a_service_is_its_own_or_that_of_its_vendor():
    document = resolved()
    assert service(document, "ga4")["opt_out_url"] == "https://tools.google.com/dlpage/gaoptout"
    assert service(document, "marketo")["opt_out_url"] == document["vendors"]["adobe"]["opt_out_url"]


def test_what_is_acquired_is_said_in_one_final_sentence_per_language():
    given = {
        "id": "m2",
        "preset": "marketo",
        "parameters": {"munchkin_id": "123-ABC-456"},
        "acquires_as_personal_data": {"items": ["cookie_id", {"ja": "会社名", "en": "Company name"}]},
    }
    acquires = service(resolved(services=[given]), "m2")["acquires"]
    assert acquires["recipient"] == {"ja": "Adobe Inc.", "en": "Adobe Inc."}
    assert acquires["items"][1] == {"ja": "会社名", "en": "Company name"}
    for language, text in acquires["text"].items():
        assert "Adobe Inc." in text
        assert all(item[language] in text for item in acquires["items"])
        assert "{" not in text


def test_a_name_that_looks_like_a_placeholder_stays_what_it_is():
    given = {
        "id": "m2",
        "preset": "marketo",
        "parameters": {"munchkin_id": "123-ABC-456"},
        "acquires_as_personal_data": {"recipient": "{items}", "items": ["ip"]},
    }
    acquires = service(resolved(services=[given]), "m2")["acquires"]
    assert "{items}" in acquires["text"]["en"]


def test_the_position_follows_the_kind_of_layout():
    assert [resolved(layout={"first": first})["layout"]["position"] for first in ("bar", "box", "dialog")] == [
        "bottom",
        "bottom-left",
        "center",
    ]
