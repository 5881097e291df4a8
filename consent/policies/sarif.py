"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from consent.policies.articles import ARTICLES
from consent.policies.findings import Finding
from consent.policies.places import Places

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(findings: Sequence[Finding], content: bytes, name: str) -> dict[str, Any]:
    """`name`: of the file that `content` was read from; what is no file (standard input) is not named."""
    codes = list(dict.fromkeys(each.code for each in findings))
    places, address = Places(content), _address(name)
    results = [
        {
            "ruleId": each.code,
            "ruleIndex": codes.index(each.code),
            "level": each.severity,  # "error" and "warning" are SARIF's words as well
            "message": {"text": f"{said.message} {said.fix}"},
            "locations": [_location(each, address, places.line(each))],
        }
        for each in findings
        for said in [each.said()]
    ]
    driver = {"name": "Consent", "rules": [_rule(code, findings) for code in codes]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(code: str, findings: Sequence[Finding]) -> dict[str, Any]:
    said = [each.said() for each in findings if each.code == code]
    fixes = dict.fromkeys(each.fix for each in said)
    article = [f"Rests on {ARTICLES[code]}."] if code in ARTICLES else []
    return {"id": code, "shortDescription": {"text": said[0].title}, "help": {"text": "\n".join([*fixes, *article])}}


def _location(finding: Finding, address: str | None, line: int | None) -> dict[str, Any]:
    region = {"region": {"startLine": line}} if line else {}
    physical = {"physicalLocation": {"artifactLocation": {"uri": address}, **region}} if address else {}
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.path}]} if finding.path else {}
    return {**physical, **logical}


def _address(name: str) -> str | None:
    """Relative to where the command runs, which in a repository's CI is its root."""
    path = Path(name)
    if not path.is_file():
        return None
    below = path.resolve().is_relative_to(Path.cwd())
    return quote(path.resolve().relative_to(Path.cwd()).as_posix()) if below else path.resolve().as_uri()
