"""Law packs in a policy: what a version says for good, and what holds up publishing."""

import copy
from datetime import UTC, date, datetime

import pytest
import time_machine

from consent.law.packs import Months, Version, packs
from consent.merkle.canonical import canonical_bytes
from consent.policies import law, law_lint, locales, wording
from consent.policies.document import resolve
from consent.policies.findings import ERROR, WARNING
from consent.policies.reopening import reopen
from tests.policies.policy import ACME, CUSTOM, findings, resolved, source

LONG = {"lifetime_days": 366}
GTM = {"id": "gtm", "preset": "gtm", "parameters": {"container_id": "GTM-ABC123"}, "category": "analytics"}


def codes(*names, **changes):
    return [code for code, _ in findings(law={"packs": list(names)}, **changes)]


@pytest.mark.parametrize("given", [None, {}, {"packs": ["jp"]}, {"packs": ["jp"], "default": None}])
def test_the_default_pack_leaves_the_bytes_as_they_were(given):
    plain = resolve(source()).document
    assert "law" not in plain
    assert canonical_bytes(resolve(source(**({"law": given} if given is not None else {}))).document) == (
        canonical_bytes(plain)
    )
    assert law.laws(plain) is None


def test_a_version_says_what_could_run_whatever_the_packs_say_later():
    document = resolved(law={"packs": ["jp", "us-ca"], "default": "notice_only"})
    assert [each["id"] for each in document["law"]["packs"]] == ["jp", "us-ca", "notice_only"]
    assert document["law"]["packs"][1] == {
        "id": "us-ca",
        "regions": ["US-CA"],
        "categories": {name: {"model": "opt_out", "signal": "off"} for name in ("analytics", "ma")},
    }
    assert law.laws(document).named("us-ca").model == "opt_out"


def test_a_law_that_comes_into_force_shows_as_a_difference():
    policy = source(law={"packs": ["gb"]})
    before, after = (resolve(policy, day).document["law"] for day in (date(2026, 1, 1), date(2026, 4, 1)))
    assert before["packs"][0]["categories"]["analytics"]["model"] == "opt_in"
    assert after["packs"][0]["categories"]["analytics"]["model"] == "exempt_with_opt_out"


@pytest.mark.parametrize("given", [{"packs": ["eu"]}, {"packs": ["jp", "us-ca"], "default": "jp"}])
def test_a_published_version_becomes_a_source_again(given):
    document = resolved(law={**given, "notice": {"ja": "{site}の案内", "en": "A notice of {site}"}})
    assert resolve(reopen(document)).document == document


def test_the_story_of_a_banner_is_another_where_tags_may_run():
    document = resolved(law={"packs": ["us-ca"]})
    assert "同意をお願い" not in document["law"]["notice"]["ja"]
    assert resolved(law={"packs": ["eu"]})["law"]["notice"] is None
    own = resolved(law={"packs": ["us-ca"], "notice": {"en": "We use tags, {site} says."}})
    assert own["law"]["notice"]["en"] == "We use tags, {site} says."
    assert said_early(own)["body"] == "We use tags, Sample says."
    assert wording.compose(own, "en", "")["t"]["body"] != "We use tags, Sample says."


def said_early(document, language="en"):
    """The texts of the first layer under the only law of a policy."""
    return wording.compose(document, language, "", early=law.laws(document).packs[0])["t"]


EVERY_PURPOSE = ("functional", "analytics", "ma", "advertising")


def test_a_banner_does_not_say_of_what_waits_that_it_runs():
    british = resolved(categories=EVERY_PURPOSE, services=(), law={"packs": ["gb"]})
    assert "On until you refuse: Analytics. Everything else waits" in said_early(british)["body"]
    assert "アクセス解析は、お客さまが拒否されるまで有効です。" in said_early(british, "ja")["body"]
    californian = resolved(categories=EVERY_PURPOSE, services=(), law={"packs": ["us-ca"]})
    assert "waits" not in said_early(californian)["body"]


def test_the_words_on_the_signal_name_everything_that_it_keeps_off():
    document = resolved(categories=EVERY_PURPOSE, services=(), law={"packs": ["us-ca"]})
    assert said_early(document)["gpc"].endswith(
        "Off unless you turn it on: Analytics, Personal follow-up (marketing automation), and Advertising."
    )
    assert "アクセス解析、お客さまへのご案内（MA）、広告は無効です" in said_early(document, "ja")["gpc"]
    own = resolved(texts={"en": {"gpc": "We obey."}}, law={"packs": ["us-ca"]})
    assert said_early(own)["gpc"] == "We obey."


def test_a_version_without_those_words_says_what_it_said():
    document = resolved(categories=EVERY_PURPOSE, services=(), law={"packs": ["gb"]})
    older = {**document, "law": {name: document["law"][name] for name in ("packs", "default", "notice")}}
    assert said_early(older)["body"] == older["law"]["notice"]["en"].replace("{site}", "Sample")
    assert said_early(older)["gpc"] == document["texts"]["en"]["gpc"]


def test_every_word_where_tags_may_run_early_is_there_in_every_language_with_its_places():
    for name, texts in locales.notices().items():
        assert texts.keys() == locales.banner_texts().keys()
        assert {locales.placeholders(text) for text in texts.values()} == {locales.placeholders(texts["en"])}, name


def test_a_language_without_a_notice_of_ours_has_to_say_it():
    assert ("translation_missing", "law.notice") in findings(languages=["ja", "en", "it"], law={"packs": ["us-ca"]})
    assert ("translation_missing", "law.notice") not in findings(languages=["ja", "en", "it"], law={"packs": ["eu"]})


# What may run before a decision


def running(*, signal=False, services=(), pack="us-ca", **changes):
    document = resolved(services=services, law={"packs": [pack]}, **changes)
    return law.runs(document, law.laws(document).packs[0], signal=signal)


def test_opting_out_lets_run_what_nobody_has_refused():
    assert running() == ["necessary", "analytics", "ma", ".consent", ".ga4", ".marketo"]
    assert running(signal=True) == ["necessary", ".consent"]
    assert running(pack="eu") == ["necessary", ".consent"]


def test_a_recipient_who_acquires_personal_data_waits_for_a_consent_under_every_model():
    service = {**CUSTOM, "acquires_as_personal_data": {"items": ["page_url"]}}
    assert ".chat" not in running(services=[service], vendors=[ACME], pack="notice_only")
    assert ".chat" in running(services=[CUSTOM], vendors=[ACME], pack="notice_only")


def test_what_brings_other_tags_is_in_no_exemption():
    assert running(services=[GTM], pack="gb") == ["necessary", "analytics", ".consent", ".ga4"]
    assert ".gtm" in running(services=[GTM], pack="us-ca")


def test_a_category_without_services_follows_its_own_term():
    assert running(categories=["analytics", "ma", "advertising"])[:4] == ["necessary", "analytics", "ma", "advertising"]


# Findings


@pytest.mark.parametrize("name", ["", "jp2", "JP", "strictest"])
def test_a_pack_that_is_not_there_is_refused(name):
    if name in ("", "JP"):
        with pytest.raises(Exception, match="error"):
            codes(name)
    else:
        assert codes(name) == ["law_unknown"]


def test_the_same_pack_twice_is_refused():
    assert codes("jp", "jp") == ["id_duplicate"]


def test_no_pack_at_all_is_refused():
    with pytest.raises(Exception, match="error"):
        codes()


def test_a_lifetime_longer_than_the_pack_allows_is_found():
    assert "law_lifetime" in codes("fr-cnil", consent={"lifetime_days": 185})
    assert codes("fr-cnil", consent={"lifetime_days": 184}) == []
    assert codes("jp", consent=LONG) == []


def test_a_binding_lifetime_holds_up_publishing_and_good_practice_does_not():
    version = packs()["fr-cnil"].at(date(2026, 11, 25))
    for binding, severity in ((True, ERROR), (False, WARNING)):
        changed = Version(**{**version.__dict__, "longest": Months(6, binding)})
        (found,) = law_lint._lifetime(source(consent=LONG), packs()["fr-cnil"], changed)
        assert found.severity == severity


@pytest.mark.parametrize(("months", "days"), [(6, 184), (12, 366), (24, 732), (13, 397)])
def test_months_are_counted_at_their_longest(months, days):
    assert law_lint.most_days(months) == days


def test_asking_again_too_early_is_found():
    assert codes("eu") == ["law_reask_early"]
    assert codes("eu", consent={"lifetime_days": 184}) == []


def test_advanced_consent_mode_is_refused_where_nothing_may_be_fetched_before_consent():
    assert "law_advanced" in codes("eu", consent_mode={"mode": "advanced"})
    assert codes("jp", consent_mode={"mode": "advanced"}) == ["consent_mode_advanced"]


def test_the_first_layer_leads_to_the_settings_where_the_pack_asks_for_it():
    two = {"buttons": ["reject", "accept"]}
    assert "law_first_layer" in codes("eu", layout=two)
    assert "law_first_layer" not in codes("eu") + codes("jp", layout=two)


def test_california_needs_a_link_of_the_page_itself():
    assert "law_choices_link" in codes("us-ca", consent=LONG)
    assert codes("us-ca", consent=LONG, layout={"reopen": "link"}) == []
    assert "law_choices_link" not in codes("us-gpc")


def test_what_runs_under_an_exception_is_named():
    assert codes("gb") == ["law_exemption"]
    assert codes("us-gpc") == []


def test_a_pack_that_is_not_yet_in_force_asks_for_everything_and_says_so():
    with time_machine.travel(datetime(2026, 2, 10, tzinfo=UTC)):
        assert codes("gb") == ["law_not_in_force"]
        assert law.laws(resolve(source(law={"packs": ["gb"]})).document).lax == ()


def test_unknown_keys_are_errors():
    with pytest.raises(Exception, match="error"):
        findings(law={"packs": ["jp"], "pack": "eu"})


def test_findings_do_not_change_the_policy():
    policy = source(law={"packs": ["eu", "us-ca"]})
    before = copy.deepcopy(policy)
    list(law_lint.chosen(policy))
    assert policy == before
