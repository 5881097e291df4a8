"""Every preset, compiled and run: what it does when it loads, when it is granted again, when it is revoked."""

import pytest

from consent.catalogue.parameters import fill_steps
from consent.catalogue.presets import presets
from consent.catalogue.steps import compile_guarded, compile_load
from tests.catalogue.node import run

EVERY = sorted(presets())


def filled(name, kind):
    preset = presets()[name]
    return fill_steps(getattr(preset, kind), {each.name: each.example for each in preset.parameters})


def load(name, **vendor):
    return run(compile_load(filled(name, "load")), **vendor)


def grant(name, **vendor):
    return run(compile_guarded(filled(name, "grant")), **vendor)


def revoke(name, **vendor):
    return run(compile_guarded(filled(name, "revoke")), **vendor)


def scripts(result):
    return [entry for entry in result["log"] if entry[0] == "script"]


@pytest.mark.parametrize("name", EVERY)
def test_granting_and_revoking_an_absent_vendor_loads_nothing_and_does_not_throw(name):
    for result in (grant(name), revoke(name)):
        assert scripts(result) == []


@pytest.mark.parametrize("name", EVERY)
def test_revoking_a_vendor_that_throws_does_not_throw(name):
    broken = ["fbq", "pdt", "gtag", "_hsp", "_hsq"]
    assert scripts(revoke(name, throwing=broken)) == []


@pytest.mark.parametrize("name", EVERY)
def test_what_is_loaded_comes_over_https(name):
    assert all(entry[1].startswith("https://") for entry in scripts(load(name)))


def test_ga4_configures_before_it_loads():
    result = load("ga4")
    (js, config) = result["state"]["dataLayer"]
    assert js[0] == "js"
    assert config == ["config", "G-ABC1234567"]
    assert result["state"]["ga-disable-G-ABC1234567"] is False
    assert result["log"] == [["script", "https://www.googletagmanager.com/gtag/js?id=G-ABC1234567", {}]]


def test_ga4_keeps_to_the_gtag_and_the_data_layer_of_the_page():
    assert [entry[0] for entry in load("ga4", before=["gtag"], queues=["dataLayer"])["log"]] == [
        "gtag",
        "gtag",
        "script",
    ]


def test_ga4_is_switched_off_on_withdrawal_and_on_again_afterwards():
    assert revoke("ga4")["state"] == {"ga-disable-G-ABC1234567": True}
    assert grant("ga4")["state"] == {"ga-disable-G-ABC1234567": False}


def test_gtm_pushes_its_start_before_it_loads():
    result = load("gtm")
    (start,) = result["state"]["dataLayer"]
    assert start["event"] == "gtm.js"
    assert isinstance(start["gtm.start"], int)
    assert result["log"] == [["script", "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234", {}]]


def test_google_ads_configures_its_id():
    result = load("google_ads")
    assert len(result["state"]["dataLayer"]) == 2
    assert result["log"] == [["script", "https://www.googletagmanager.com/gtag/js?id=AW-123456789", {}]]


@pytest.mark.parametrize("name", ["google_search_console", "youtube", "custom_iframe"])
def test_what_the_page_carries_itself_is_not_loaded(name):
    assert load(name) == {"log": [], "state": {}, "alert": "undefined"}


def test_marketo_starts_after_its_script_and_without_the_opt_out_marker():
    assert load("marketo", loaded=["Munchkin.init"])["log"] == [
        ["cookie", "mkto_opt_out=; Path=/; Max-Age=0; SameSite=Lax"],
        ["script", "https://munchkin.marketo.net/munchkin.js", {}],
        ["Munchkin.init", "123-ABC-456"],
    ]


def test_marketo_is_opted_out_on_withdrawal():
    assert revoke("marketo")["log"] == [["cookie", "mkto_opt_out=true; Path=/; Max-Age=60; SameSite=Lax"]]
    assert grant("marketo")["log"] == [["cookie", "mkto_opt_out=; Path=/; Max-Age=0; SameSite=Lax"]]


def test_hubspot_has_its_own_banner_off_and_its_consent_before_the_script():
    result = load("hubspot")
    assert result["state"]["disableHubSpotCookieBanner"] is True
    consent = {"analytics": True, "advertisement": False, "functionality": True}
    assert result["state"]["_hsp"] == [["setHubSpotConsent", consent]]
    assert result["log"] == [["script", "https://js.hs-scripts.com/12345678.js", {"id": "hs-script-loader"}]]


def test_hubspot_is_revoked_and_told_not_to_track():
    assert revoke("hubspot", queues=["_hsp", "_hsq"])["state"] == {
        "_hsp": [["revokeCookieConsent"]],
        "_hsq": [["doNotTrack"]],
    }


def test_hubspot_is_granted_again():
    (call,) = grant("hubspot", queues=["_hsp"])["state"]["_hsp"]
    assert call[0] == "setHubSpotConsent"


def test_account_engagement_opts_in_before_it_sends_a_page_view():
    result = load("account_engagement")
    assert result["state"]["pdt"]["cq"] == [
        ["create", 1234567, 12345, "go.example.co.jp"],
        ["setOptIn", True],
        ["sendPageView"],
    ]
    assert result["log"] == [["script", "https://go.example.co.jp/pdt.js", {}]]


def test_account_engagement_revokes_and_opts_in_again():
    assert revoke("account_engagement", before=["pdt"])["log"] == [["pdt", "revokeConsent"]]
    assert grant("account_engagement", before=["pdt"])["log"] == [["pdt", "setOptIn", True], ["pdt", "sendPageView"]]


def test_satori_loads_with_its_code():
    expected = [["script", "https://satori.segs.jp/s.js?c=0123456789abcdef", {"id": "_-s-js-_"}]]
    assert load("satori")["log"] == expected


def test_meta_gets_consent_before_init():
    result = load("meta_pixel")
    stub = result["state"]["fbq"]
    assert stub["queue"] == [["consent", "grant"], ["init", "123456789012345"], ["track", "PageView"]]
    assert (stub["loaded"], stub["version"]) == (True, "2.0")
    assert "_fbq" in result["state"]
    assert result["log"] == [["script", "https://connect.facebook.net/en_US/fbevents.js", {}]]


def test_meta_loaded_twice_keeps_one_queue():
    result = run(compile_load(filled("meta_pixel", "load")), calls=2)
    assert len(result["state"]["fbq"]["queue"]) == 6


def test_meta_is_revoked_and_granted_again():
    assert revoke("meta_pixel", before=["fbq"])["log"] == [["fbq", "consent", "revoke"]]
    assert grant("meta_pixel", before=["fbq"])["log"] == [["fbq", "consent", "grant"]]


def test_a_custom_script_is_loaded_from_where_the_policy_says():
    assert load("custom_script")["log"] == [["script", "https://cdn.example.com/widget.js", {}]]


def test_uet_denies_then_grants_and_hands_its_queue_over():
    queued = ["consent", "default", {"ad_storage": "denied"}, "consent", "update", {"ad_storage": "granted"}]
    result = load("microsoft_uet")
    assert result["state"]["uetq"] == [*queued, "pageLoad"]
    assert result["log"] == [["script", "https://bat.bing.com/bat.js", {}]]
    assert revoke("microsoft_uet", queues=["uetq"])["state"]["uetq"] == ["consent", "update", {"ad_storage": "denied"}]


def test_clarity_gets_both_keys_and_none_for_advertising():
    granted, denied = ({"ad_Storage": "denied", "analytics_Storage": each} for each in ("granted", "denied"))
    assert load("clarity")["state"]["clarity"]["q"] == [["consentv2", granted]]
    assert revoke("clarity", before=["clarity"])["log"] == [["clarity", "consentv2", denied]]
    assert grant("clarity", before=["clarity"])["log"] == [["clarity", "consentv2", granted]]


def test_tiktok_is_held_then_granted_before_the_page_view():
    result = load("tiktok_pixel")
    assert result["state"]["ttq"] == [["holdConsent"], ["grantConsent"], ["page"]]
    assert result["log"][0][1].startswith("https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C4ABC")
    assert revoke("tiktok_pixel", before=["ttq.revokeConsent"])["log"] == [["ttq.revokeConsent"]]


def test_karte_is_denied_then_allowed_before_it_loads():
    assert load("karte")["state"]["krt"]["o"] == "allow"
    assert [entry[0] for entry in load("karte", before=["krt.deny", "krt.allow"])["log"]] == [
        "krt.deny",
        "krt.allow",
        "script",
    ]


def test_adobe_starts_pending_and_is_told_in_and_out():
    queue = [entry[-1] for entry in load("adobe_web_sdk")["state"]["alloy"]["q"]]
    assert [call[0] for call in queue] == ["configure", "setConsent", "sendEvent"]
    assert queue[0][1]["defaultConsent"] == "pending"
    (told,) = revoke("adobe_web_sdk", before=["alloy"])["log"]
    assert told[2]["consent"][0]["value"] == {"general": "out"}


def test_matomo_asks_for_consent_first_and_gets_it_before_the_page_view():
    queue = load("matomo")["state"]["_paq"]
    assert [call[0] for call in queue[:3]] == ["requireConsent", "setConsentGiven", "trackPageView"]
    assert revoke("matomo", queues=["_paq"])["state"]["_paq"] == [["forgetConsentGiven"]]
    assert grant("matomo", queues=["_paq"])["state"]["_paq"] == [["setConsentGiven"]]


@pytest.mark.parametrize(
    ("name", "on_revoke", "on_grant"),
    [
        ("amplitude", [["amplitude.setOptOut", True]], [["amplitude.setOptOut", False]]),
        ("mixpanel", [["mixpanel.opt_out_tracking"]], [["mixpanel.opt_in_tracking"]]),
        ("braze", [["braze.disableSDK"]], [["braze.enableSDK"]]),
        ("intercom", [["Intercom", "shutdown"]], []),
    ],
)
def test_a_vendor_is_told_with_its_own_words(name, on_revoke, on_grant):
    told = [call[0] for call in (*on_revoke, *on_grant)]
    assert revoke(name, before=told)["log"] == on_revoke
    assert grant(name, before=told)["log"] == on_grant


def test_the_tags_of_yahoo_and_line_queue_their_calls_before_their_script():
    assert load("yahoo_japan_ads")["state"]["yjDataLayer"] == [
        [{"type": "ycl_cookie", "config": {"ycl_use_non_cookie_storage": True}}]
    ]
    (start, view) = load("line_tag")["state"]["_ltq"]
    assert (start[0], view[:2]) == ("init", ["send", "pv"])
    assert view[2] == [start[1]["tagId"]]
