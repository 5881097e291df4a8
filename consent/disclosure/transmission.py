"""External transmission: for every destination what is sent, who handles it, and what for.

Telecommunications Business Act, Article 27-12; its Enforcement Rules, Article 22-2-29, name the three items. A destination
is a host, not a brand: each host of a service is listed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from consent.disclosure.statement import Section, Value, fact, section
from consent.disclosure.subject import Subject
from consent.policies import wording
from consent.policies.locales import fill
from consent.policies.service import CONTROLLER

NECESSARY = "necessary"
Words = Mapping[str, Any]


def sections(subject: Subject) -> Iterator[Section]:
    for resolved, words in subject.services():
        if not resolved["no_tag"] and resolved["vendor"] != CONTROLLER:
            yield _section(subject, resolved, words)


def notes(subject: Subject) -> list[str]:
    """Services without a tag, which policies list all the same."""
    silent = [words["name"] for resolved, words in subject.services() if resolved["no_tag"]]
    if not silent:
        return []
    return [fill(subject.said["not_sent"], services=wording.listed(silent, subject.language))]


def _section(subject: Subject, resolved: Words, words: Words) -> Section:
    said, vendor, label = subject.said, words["vendor"], subject.label
    policy = Value(vendor["policy_url"], vendor["policy_url"]) if vendor["policy_url"] else None
    return section(
        words["name"],
        fact(label("destination"), *(_hosts(subject, resolved) or [said["unverified"]])),
        fact(label("sends"), *(words["sends"] or [said["unverified"]])),
        fact(label("handler"), vendor["name"], vendor["address"], vendor["country"]),
        fact(label("our_purpose"), words["purpose"]),
        fact(label("their_purpose"), *_their_purpose(subject, resolved, has_policy=policy is not None)),
        fact(label("policy"), policy),
        fact(label("when"), said["when"][_moment(subject, resolved)]),
        fact(label("stop"), *_ways_to_stop(subject, resolved)),
        id=resolved["id"],
    )


def _their_purpose(subject: Subject, resolved: Words, *, has_policy: bool) -> list[str]:
    known = subject.spoken(resolved.get("their_purpose"))  # not in what was published before there was any
    return [known or subject.said["their_purpose_unknown" if has_policy else "unverified"]]


def _hosts(subject: Subject, resolved: Words) -> list[Value]:
    return [
        Value(fill(subject.said["any_of"], host=host[1:]) if host.startswith("*.") else host, code=True)
        for host in resolved["hosts"]
    ]


def _moment(subject: Subject, resolved: Words) -> str:
    if resolved["category"] == NECESSARY:
        return "always"
    advanced = subject.document["consent_mode"]["mode"] == "advanced" and resolved["consent_mode"]
    return "advanced" if advanced else "consent"


def _ways_to_stop(subject: Subject, resolved: Words) -> list[Value]:
    said = subject.said["stop"]
    if resolved["category"] == NECESSARY:
        return [Value(said["necessary"])]
    ways = [Value(said["choices"], subject.links.settings)]
    if resolved["opt_out_url"]:
        ways.append(Value(said["vendor"], resolved["opt_out_url"]))
    return ways
