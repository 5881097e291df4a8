"""Requests to record a decision, one after another and none like the other, for us and for c15t.

The same mix on both sides: six in ten accept all, three reject all, one chooses.
"""

import json
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import uuid_utils

from benchmarks.ours import SITE_KEY, script_facts

MIX = ("accept_all",) * 6 + ("reject_all",) * 3 + ("custom",)
OPTIONAL = {"functional": "chat", "analytics": "statistics", "ma": "automation", "advertising": "advertisements"}
C15T_CATEGORIES = ("necessary", "functionality", "experience", "measurement", "marketing")
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def _request(path: str, content_type: str, origin: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n"
        f"Accept-Language: ja,en;q=0.8\r\nOrigin: {origin}\r\nReferer: {origin}/\r\nX-Forwarded-For: 203.0.113.7\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _granted(decision: str, optional: tuple[str, ...]) -> set[str]:
    return {"accept_all": set(optional), "reject_all": set(), "custom": set(optional[:2])}[decision]


def of_ours(port: int, origin: str) -> Iterator[bytes]:
    facts, path = script_facts(port), f"/api/v1/sites/{SITE_KEY}/records"
    while True:
        for decision in MIX:
            granted = _granted(decision, tuple(OPTIONAL))
            body = {
                "record_id": str(uuid_utils.uuid7()),
                "decision": decision,
                "source": "preferences" if decision == "custom" else "banner",
                "categories": {"necessary": True, **{category: category in granted for category in OPTIONAL}},
                "services": {"consent": True, **{OPTIONAL[each]: each in granted for each in OPTIONAL}},
                "policy_version": facts["version"],
                "language": "ja",
                "page_path": "/products/overview",
                "gpc": False,
                "region": None,
                "client_time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "script": facts["build"],
                "visitor": None,
            }
            yield _request(path, "text/plain;charset=UTF-8", origin, json.dumps(body).encode())


def of_c15t(_port: int, origin: str) -> Iterator[bytes]:
    while True:
        for decision in MIX:
            granted = _granted(decision, C15T_CATEGORIES[1:])
            body = {
                "type": "cookie_banner",
                "subjectId": "sub_" + "".join(secrets.choice(BASE58) for _ in range(22)),
                "domain": "127.0.0.1",
                "preferences": {each: each == "necessary" or each in granted for each in C15T_CATEGORIES},
                "givenAt": time.time_ns() // 1_000_000,
                "consentAction": {"accept_all": "all", "reject_all": "necessary", "custom": "custom"}[decision],
                "uiSource": "dialog" if decision == "custom" else "banner",
                "metadata": {"source": "consent_widget"},
            }
            yield _request("/api/c15t/subjects", "application/json", origin, json.dumps(body).encode())
