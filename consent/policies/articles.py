"""The article that a finding rests on, by its code. Codes that are not here rest on the shape of the document alone.

What an article says, and how sure we are of it, stands in the law packs: `consent law show`.
"""

_BEFORE_CONSENT = "ePrivacy Directive Art. 5(3); EDPB 2/2023 v2.0"
_DESTINATIONS = "Telecommunications Business Act Art. 27-12, Rule 22-2-29"

ARTICLES = {
    "refusal_weaker": "EDPB Cookie Banner Taskforce 8; CNIL recommendation 2020-092, 34",
    "theme_contrast": "WCAG 2.2, 1.4.3",
    "purpose_missing": _DESTINATIONS,
    "vendor_missing": _DESTINATIONS,
    "cookies_unknown": "CJEU C-673/17 (Planet49)",
    "consent_mode_advanced": _BEFORE_CONSENT,
    "snippet_leak": _BEFORE_CONSENT,
    "acquires_unnamed": "APPI Art. 31",
    "provision_unnamed": "APPI Art. 31",
    "provision_joint_use": "APPI Art. 27(5)(iii)",
    "joint_use_representative": "APPI Art. 27(5)(iii)",
    "confirmation_missing": "APPI Art. 31",
    "country_check_missing": "APPI Art. 28",
    "country_check_expired": "APPI Art. 28(3)",
    "provision_undecided": "APPI Art. 27, 28, 31",
    "law_advanced": _BEFORE_CONSENT,
    "law_lifetime": "CNIL recommendation 2020-092, 39",
    "law_reask_early": "Garante 231/2021 (Italy); CNIL recommendation 2020-092, 39; 11 CCR 7026(f)",
    "law_first_layer": "EDPB 05/2020, 42-45",
    "law_choices_link": "11 CCR 7026(a)(4)",
    "law_exemption": "PECR reg. 6 with the Data (Use and Access) Act 2025",
}
