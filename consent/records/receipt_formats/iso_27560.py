"""A record after ISO/IEC TS 27560:2023, as JSON-LD in the Data Privacy Vocabulary.

The members follow the DPVCG's guide to TS 27560 (w3id.org/dpv/guides/consent-27560): one `dpv:hasProcess` for each
purpose with one consent status each, because an event must not cover two purposes at once; parties stand once, under
`dpv:hasEntity`. TS 27560 has no state for a refusal at the question; `dpv:ConsentRefused` stands for it, with a note.
"""

from collections.abc import Mapping
from typing import Any

from consent.policies.service import CONTROLLER
from consent.records.receipt_formats.purposes import (
    NOT_STATED,
    Purpose,
    Status,
    jurisdiction,
    language_of,
    purposes,
)

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
VISITOR, BROWSER = "consent:party/visitor", "consent:party/browser"
_REFERENCES = (
    *("dpv:hasDataController", "dpv:hasRecipient", "dpv:isIndicatedBy", "dpv:hasProcessing", "dpv:hasLegalBasis"),
    *("dct:creator", "dct:conformsTo", "skos:broader"),
)
_TIMES = ("dct:created", "dct:date", "dct:valid", "dpv:isIndicatedAtTime")
CONTEXT = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "consent": "urn:consent:",
    "dpv:hasEntity": {"@id": "dpv:hasEntity", "@container": "@id"},
    **{name: {"@id": name, "@type": "@id"} for name in _REFERENCES},
    **{name: {"@id": name, "@type": "xsd:dateTime"} for name in _TIMES},
}
_STATES = {
    Status.GIVEN: "dpv:ConsentGiven",
    Status.REFUSED: "dpv:ConsentRefused",
    Status.WITHDRAWN: "dpv:ConsentWithdrawn",
}
REFUSAL_NOTE = "ISO/IEC TS 27560 has no state for a refusal at the question; dpv:ConsentRefused stands for it."
SIGNAL_NOTE = "Expressed by the browser's signal (Global Privacy Control), not by a click. " + REFUSAL_NOTE
_BROADER = {
    "functional": "dpv:ServicePersonalisation",
    "analytics": "dpv:ServiceUsageAnalytics",
    "ma": "dpv:DirectMarketing",
    "advertising": "dpv:TargetedAdvertising",
}
_PLACES = {
    "banner": "consent banner",
    "preferences": "consent settings",
    "api": "the website's own controls",
    "gpc": "browser settings",
}


def record(
    evidence: Mapping[str, Any], subject: Mapping[str, Any] | None, document: Mapping[str, Any], *, settings_url: str
) -> dict[str, Any]:
    """`subject` None: it was erased, and the record says so in the place of the visitor's id."""
    language, found = language_of(evidence, document), purposes(evidence, document)
    return {
        "@context": CONTEXT,
        "@type": ["dpv:ConsentRecord"],
        "dct:conformsTo": PROFILE,
        "dct:identifier": evidence["record_id"],
        "dct:created": evidence["received_time"],
        "dct:date": evidence["received_time"],
        "dct:valid": evidence["expires_at"],
        "dct:language": language,
        "dct:creator": _party(CONTROLLER),
        "dpv:hasDataSubject": {
            "@type": ["dpv:DataSubject"],
            "dct:identifier": subject["visitor_id"] if subject else "erased",
        },
        "dpv:hasNotice": [_notice(evidence, document, language)],
        "dpv:hasProcess": [_process(purpose, evidence, document, settings_url=settings_url) for purpose in found],
        "dpv:hasEntity": _parties(found, document, language),
        "consent:decision": evidence["decision"],
        "consent:source": evidence["source"],
        "consent:gpc": evidence["gpc"],
        "consent:log": evidence["log"],
    }


def _notice(evidence: Mapping[str, Any], document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The words that were shown, by their hash, and the privacy policy that they point to."""
    return {
        "@type": ["dpv:ConsentNotice"],
        "dct:identifier": f"sha256:{evidence['policy_version']}",
        "dct:language": language,
        "dct:hasVersion": document["privacy_policy"]["version"],
        "dpv:hasLocation": {"@id": document["privacy_policy"]["url"][language]},
    }


def _process(
    purpose: Purpose, evidence: Mapping[str, Any], document: Mapping[str, Any], *, settings_url: str
) -> dict[str, Any]:
    return {
        "@type": ["dpv:Process"],
        "dct:identifier": purpose.id,
        "dpv:hasService": {"skos:prefLabel": purpose.service},
        "dpv:hasPurpose": [
            {
                "@type": ["dpv:Purpose"],
                "skos:broader": _BROADER.get(purpose.category, "dpv:Purpose"),
                "skos:prefLabel": purpose.category_name,
                "skos:definition": purpose.text,
            }
        ],
        "dpv:hasPersonalData": [
            {"@type": ["dpv:PersonalData"], "dct:identifier": item.id, "skos:prefLabel": item.text}
            for item in purpose.items
        ],
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Transmit"],
        "dpv:hasDataSource": [{"@type": ["dpv:DataSubjectDataSource"]}],
        "dpv:hasDataController": [_party(CONTROLLER)],
        "dpv:hasRecipient": [_party(purpose.vendor)],
        "dpv:hasStorageCondition": _storage(purpose, document),
        "dpv:hasLegalBasis": ["dpv:Consent"],
        "dpv:hasJurisdiction": _place(jurisdiction(evidence, document)),
        "dpv:hasConsentControl": [{"@type": ["dpv:WithdrawConsent"], "dpv:isExercisedAt": {"@id": settings_url}}],
        "dpv:hasConsentStatus": [_status(purpose.status, evidence)],
    }


def _status(status: Status, evidence: Mapping[str, Any]) -> dict[str, Any]:
    signal = evidence["decision"] == "gpc"
    said = {
        # A click on a button that says so: expressed; "explicit" is for a court to say.
        "@type": [_STATES[status], "dpv:ExpressedConsent"] if status is Status.GIVEN else [_STATES[status]],
        "dpv:isIndicatedAtTime": evidence["received_time"],
        "dct:valid": evidence["expires_at"],
        "dpv:isIndicatedBy": BROWSER if signal else VISITOR,
        "dpv:isExercisedAt": _PLACES[evidence["source"]],
        "dpv:hasDuration": {"@type": ["dpv:UntilTimeDuration"], "rdf:value": evidence["expires_at"]},
    }
    if status is Status.REFUSED:
        said["skos:note"] = SIGNAL_NOTE if signal else REFUSAL_NOTE
    return said


def _storage(purpose: Purpose, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The browser, cookie by cookie, and the recipient, whose own policy says for how long."""
    vendor = document["vendors"][purpose.vendor]
    return [
        *(_cookie(cookie) for cookie in purpose.cookies),
        {
            "@type": ["dpv:StorageLocation", "dpv:StorageDuration"],
            "dpv:hasLocation": _place(vendor["country"]),
            "dpv:hasDuration": {
                "@type": ["dpv:UntilEventDuration"],
                "rdf:value": vendor["policy_url"] or NOT_STATED,
            },
        },
    ]


def _cookie(cookie: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": ["dpv:StorageLocation", "dpv:StorageDuration"],
        "skos:prefLabel": cookie["name"],
        "dpv:hasLocation": {"@id": "dpv:WithinDevice"},
        "dpv:hasDuration": _duration(cookie["lifetime_s"]),
    }


def _duration(seconds: int | None) -> dict[str, Any]:
    if seconds is None:
        return {"@type": ["dpv:UntilEventDuration"], "rdf:value": NOT_STATED}
    if seconds > 0:
        return {"@type": ["dpv:TemporalDuration"], "rdf:value": f"PT{seconds}S"}
    return {"@type": ["dpv:UntilEventDuration"], "rdf:value": "browser closed" if seconds == 0 else "deleted"}


def _place(code: str | None) -> Any:
    """ISO 3166, as the vocabulary's term for it."""
    return {"@id": f"loc:{code}"} if code else NOT_STATED


def _party(name: str) -> str:
    return f"consent:party/{name}"


def _parties(found: list[Purpose], document: Mapping[str, Any], language: str) -> dict[str, Any]:
    controller = document["controller"]
    contact = controller["contact"] or controller["inquiry_url"]
    ours = _entity(document["vendors"][CONTROLLER], "dpv:DataController", contact and contact[language], language)
    recipients = {purpose.vendor for purpose in found if purpose.has_recipient}
    theirs = {name: document["vendors"][name] for name in sorted(recipients)}
    return {
        _party(CONTROLLER): ours,
        **{
            _party(name): _entity(vendor, "dpv:ThirdParty", vendor["policy_url"], language)
            for name, vendor in theirs.items()
        },
    }


def _entity(vendor: Mapping[str, Any], role: str, contact: str | None, language: str) -> dict[str, Any]:
    address = vendor["address"]
    return {
        "@type": ["dpv:Organisation", role],
        "dpv:hasName": vendor["name"][language],
        "dpv:hasAddress": address[language] if address else NOT_STATED,
        "dpv:hasContact": contact or NOT_STATED,
        "dpv:hasLocation": _place(vendor["country"]),
    }
