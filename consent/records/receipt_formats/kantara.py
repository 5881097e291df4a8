"""A consent receipt after Kantara's Consent Receipt Specification v1.1.0 (2018-02-20), section 4 and its JSON schema.

It was made for consents. A purpose that was refused stands in it all the same, with a `consentType` that says so and
without any disclosure, so that a reader who looks no further does not find a consent where there was none.
"""

import re
from collections.abc import Mapping
from typing import Any

from consent.clock import parse_wire
from consent.records.receipt_formats.purposes import (
    NOT_STATED,
    Purpose,
    Status,
    jurisdiction,
    language_of,
    purposes,
)

VERSION = "KI-CR-v1.1.0"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_METHODS = {
    "banner": "Website: consent banner with equal buttons to accept, to refuse and for settings",
    "preferences": "Website: consent settings with one switch for each purpose, all of them off at first",
    "api": "Website: the site's own controls",
    "gpc": "Signal of the browser (Global Privacy Control)",
}
_TYPES = {  # section 4.5.6: what is not explicit consent is described
    Status.GIVEN: "EXPLICIT",
    Status.REFUSED: "REFUSED: no consent was given for this purpose",
    Status.WITHDRAWN: "WITHDRAWN: there is no consent for this purpose any more",
}


def receipt(
    evidence: Mapping[str, Any], subject: Mapping[str, Any] | None, document: Mapping[str, Any], *, settings_url: str
) -> dict[str, Any]:
    """`subject` None: it was erased, and the receipt says so in the place of the visitor's id."""
    language = language_of(evidence, document)
    found = [
        _service(purpose, evidence, document, settings_url=settings_url) for purpose in purposes(evidence, document)
    ]
    return {
        "version": VERSION,
        "jurisdiction": jurisdiction(evidence, document) or NOT_STATED,
        "consentTimestamp": int(
            parse_wire(evidence["received_time"]).timestamp()
        ),  # section 4.3.3: seconds, an integer
        "collectionMethod": _METHODS[evidence["source"]],
        "consentReceiptID": evidence["record_id"],
        "language": language,
        "piiPrincipalId": subject["visitor_id"] if subject else "erased",
        "piiControllers": [_controller(document, language)],
        "policyUrl": document["privacy_policy"]["url"][language],
        "services": found,
        "sensitive": False,  # no item of the catalogue is of a special category, and a policy cannot add one
        "spiCat": [],
    }


def _controller(document: Mapping[str, Any], language: str) -> dict[str, Any]:
    controller = document["controller"]
    said = {name: controller[name][language] if controller[name] else None for name in ("contact", "address")}
    contact, url = said["contact"] or NOT_STATED, controller["inquiry_url"]
    return {
        "piiController": controller["name"][language],
        "onBehalf": False,
        "contact": contact,
        "address": {
            "streetAddress": said["address"] or NOT_STATED,
            "addressCountry": controller["country"] or NOT_STATED,
        },
        "email": contact if _EMAIL.fullmatch(contact) else NOT_STATED,
        "phone": NOT_STATED,  # the policy document has no place for one
        **({"piiControllerUrl": url[language]} if url else {}),
    }


def _service(
    purpose: Purpose, evidence: Mapping[str, Any], document: Mapping[str, Any], *, settings_url: str
) -> dict[str, Any]:
    language = language_of(evidence, document)
    disclosed = purpose.status is Status.GIVEN and purpose.has_recipient
    third_party = {"thirdPartyName": document["vendors"][purpose.vendor]["name"][language]} if disclosed else {}
    return {
        "service": purpose.service,
        "purposes": [
            {
                "purpose": purpose.text,
                "purposeCategory": [purpose.category_name],
                "consentType": _TYPES[purpose.status],
                "piiCategory": [item.text for item in purpose.items] or [NOT_STATED],
                "primaryPurpose": False,
                "termination": f"{evidence['expires_at']}, or earlier: withdrawn at {settings_url}",
                "thirdPartyDisclosure": disclosed,
                **third_party,
            }
        ],
    }
