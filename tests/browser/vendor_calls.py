"""Stand-ins for the vendors' own code, and what each has to be called with: on consent, on withdrawal, on consent again."""

from consent.catalogue.presets import presets

# What each vendor's own code would do with the calls it finds and those that follow. Kept across reloads.
NOTE = "function note(...e){const s=JSON.parse(sessionStorage.notes||'[]');s.push(e);sessionStorage.notes=JSON.stringify(s)};"
DRAIN = NOTE + "function drain(n){const q=window[n]||[];window[n]={push:(v)=>note(n,v)};q.forEach(window[n].push)};"
CODE = {
    "js.hs-scripts.com": DRAIN + "note('hubspot', disableHubSpotCookieBanner);drain('_hsp');drain('_hsq')",
    "munchkin.marketo.net": NOTE + "note('marketo', document.cookie.includes('mkto_opt_out'));"
    "window.Munchkin = {init: (...a) => note('Munchkin.init', ...a)}",
    "go.vendor.test": NOTE + "const q = pdt.cq; window.pdt = (...a) => note('pdt', ...a); q.forEach((a) => pdt(...a))",
    "connect.facebook.net": NOTE
    + "fbq.callMethod = (...a) => note('fbq', ...a); fbq.queue.forEach((a) => note('fbq', ...a))",
    "satori.segs.jp": NOTE + "note('satori', document.currentScript.id)",
    "www.googletagmanager.com": NOTE + "note('google', window['ga-disable-G-ABC1234567'])",
    "bat.bing.com": NOTE
    + "window.UET = function ({ti, enableAutoSpaTracking, q}) { note('UET', ti, enableAutoSpaTracking);"
    "note('uetq', ...q); this.push = (...a) => note('uetq', ...a) }",
    "www.clarity.ms": NOTE
    + "const q = clarity.q; window.clarity = (...a) => note('clarity', ...a); q.forEach((a) => clarity(...a))",
    "analytics.tiktok.com": NOTE + "const [q, known] = [[...ttq], ttq.methods];"
    "known.forEach((m) => ttq[m] = (...a) => note('ttq', m, ...a)); q.forEach(([m, ...a]) => ttq[m](...a))",
    "cdn-edge.karte.io": NOTE + "note('krt', krt.o, krt.q.length);"
    "for (const m of ['allow', 'deny']) krt[m] = () => note('krt', m)",
    "cdn1.adoberesources.net": NOTE + "for (const n of __alloyNS) { const q = window[n].q;"
    "q.push = ([done, , a]) => { note(n, ...a); done() }; q.splice(0).forEach(q.push) }",
    "cdn.amplitude.com": NOTE + "window.amplitude = {init: (...a) => note('amplitude.init', ...a),"
    "setOptOut: (...a) => note('amplitude.setOptOut', ...a)}",
    "cdn.vendor.test": NOTE + "note('custom')",
}
HUBSPOT_CONSENT = {"analytics": True, "advertisement": False, "functionality": True}
CLARITY_GRANTED, CLARITY_DENIED = (
    {"ad_Storage": "denied", "analytics_Storage": each} for each in ("granted", "denied")
)
UET_GRANTED, UET_DENIED = (["consent", "update", {"ad_storage": each}] for each in ("granted", "denied"))


def adobe_consent(general):
    return [
        "alloy",
        "setConsent",
        {"consent": [{"standard": "Adobe", "version": "1.0", "value": {"general": general}}]},
    ]


ADOBE_SETTINGS = {
    "datastreamId": "ebebf826-a01f-4458-8cec-ef61de241c93",
    "orgId": "ADB3LETTERSANDNUMBERS@AdobeOrg",
    "defaultConsent": "pending",
}


def service(preset, **more):
    made = presets()[preset]
    parameters = {each.name: each.example for each in made.parameters}
    return {"id": preset, "preset": preset, "parameters": parameters, "load": "platform", **more}


CUSTOM = {
    "category": "functional",
    "vendor": "google",
    "name": {"ja": "チャット", "en": "Chat"},
    "purpose": {"ja": "質問に答えます", "en": "Answers questions"},
    "sends": [],
    "cookies": [{"name": "chat_*", "lifetime_s": 60}],
}
SERVICES = {
    "ga4": service("ga4"),
    "gtm": service("gtm"),
    "google_ads": service("google_ads"),
    "hubspot": service("hubspot"),
    "marketo": service("marketo"),
    "account_engagement": service("account_engagement"),
    "satori": service("satori"),
    "meta_pixel": service("meta_pixel"),
    "microsoft_uet": service("microsoft_uet"),
    "clarity": service("clarity"),
    "tiktok_pixel": service("tiktok_pixel"),
    "karte": service("karte"),
    "adobe_web_sdk": service("adobe_web_sdk"),
    "amplitude": service("amplitude"),
    "custom_script": service("custom_script", **CUSTOM),
}
SERVICES["account_engagement"]["parameters"]["tracker_domain"] = "go.vendor.test"
SERVICES["custom_script"]["parameters"]["src"] = "https://cdn.vendor.test/widget.js"

ADDRESSES = {
    "ga4": "https://www.googletagmanager.com/gtag/js?id=G-ABC1234567",
    "gtm": "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234",
    "google_ads": "https://www.googletagmanager.com/gtag/js?id=AW-123456789",
    "hubspot": "https://js.hs-scripts.com/12345678.js",
    "marketo": "https://munchkin.marketo.net/munchkin.js",
    "account_engagement": "https://go.vendor.test/pdt.js",
    "satori": "https://satori.segs.jp/s.js?c=0123456789abcdef",
    "meta_pixel": "https://connect.facebook.net/en_US/fbevents.js",
    "microsoft_uet": "https://bat.bing.com/bat.js",
    "clarity": "https://www.clarity.ms/tag/abcdef1234",
    "tiktok_pixel": "https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C4ABCDEFGHIJKLMNOPQR&lib=ttq",
    "karte": "https://cdn-edge.karte.io/0123456789abcdef0123456789abcdef/edge.js",
    "adobe_web_sdk": "https://cdn1.adoberesources.net/alloy/2.33.1/alloy.min.js",
    "amplitude": "https://cdn.amplitude.com/script/a2dbce0e18dfe5f8e74493843ff5c053.js",
    "custom_script": "https://cdn.vendor.test/widget.js",
}
ON_LOAD = {
    "ga4": [["google", False]],
    "gtm": [["google", None]],
    "google_ads": [["google", None]],
    "hubspot": [["hubspot", True], ["_hsp", ["setHubSpotConsent", HUBSPOT_CONSENT]]],
    "marketo": [["marketo", False], ["Munchkin.init", "123-ABC-456"]],
    "account_engagement": [
        ["pdt", "create", 1234567, 12345, "go.vendor.test"],
        ["pdt", "setOptIn", True],
        ["pdt", "sendPageView"],
    ],
    "satori": [["satori", "_-s-js-_"]],
    "meta_pixel": [["fbq", "consent", "grant"], ["fbq", "init", "123456789012345"], ["fbq", "track", "PageView"]],
    "microsoft_uet": [
        ["UET", "12345678", True],
        ["uetq", "consent", "default", {"ad_storage": "denied"}, *UET_GRANTED],
        ["uetq", "pageLoad"],
    ],
    "clarity": [["clarity", "consentv2", CLARITY_GRANTED]],
    "tiktok_pixel": [["ttq", "holdConsent"], ["ttq", "grantConsent"], ["ttq", "page"]],
    "karte": [["krt", "allow", 0]],
    "adobe_web_sdk": [
        ["alloy", "configure", ADOBE_SETTINGS],
        adobe_consent("in"),
        ["alloy", "sendEvent", {"xdm": {"eventType": "web.webpagedetails.pageViews"}}],
    ],
    "amplitude": [["amplitude.init", "a2dbce0e18dfe5f8e74493843ff5c053"]],
    "custom_script": [["custom"]],
}
ON_WITHDRAWAL = {
    "hubspot": [["_hsp", ["revokeCookieConsent"]], ["_hsq", ["doNotTrack"]]],
    "account_engagement": [["pdt", "revokeConsent"]],
    "meta_pixel": [["fbq", "consent", "revoke"]],
    "microsoft_uet": [["uetq", *UET_DENIED]],
    "clarity": [["clarity", "consentv2", CLARITY_DENIED]],
    "tiktok_pixel": [["ttq", "revokeConsent"]],
    "karte": [["krt", "deny"]],
    "adobe_web_sdk": [adobe_consent("out")],
    "amplitude": [["amplitude.setOptOut", True]],
}
ON_RETURN = {
    "account_engagement": [["pdt", "setOptIn", True], ["pdt", "sendPageView"]],
    "meta_pixel": [["fbq", "consent", "grant"]],
}
RELOADS = {name for name in SERVICES if presets()[name].revoke_behaviour != "stops" or presets()[name].loads_others}
DATA_LAYER = {"ga4": ["config", "G-ABC1234567"], "google_ads": ["config", "AW-123456789"], "gtm": {"event": "gtm.js"}}
