"""A visitor, as their browser speaks for them, and the policy of the site they are on."""

import json
from pathlib import Path

from uuid_utils import uuid7

from consent.db import db
from consent.policies import publish

ORIGIN = "https://www.example.com"


def example_policy():
    return (Path(__file__).parent / "example-policy.yaml").read_bytes()


class Visitor:
    """Sends what the banner sends. Every method takes overrides, so that a test can bend one thing."""

    def __init__(self, client, site):
        self.client, self.site, self.token = client, site, None
        with db.engine.connect() as connection:
            self.version = publish.current(connection, site.id).policy_version
            self.document = json.loads(publish.by_version(connection, self.version))

    def body(self, decision="accept_all", granted=None, **changes):
        """`granted`: the optional services that are on; by default what the decision says."""
        services = {service["id"]: service["category"] for service in self.document["services"]}
        if granted is None:
            granted = services if decision == "accept_all" else ()
        on = {name: category == "necessary" or name in granted for name, category in services.items()}
        categories = {
            category["id"]: category["id"] == "necessary"
            or any(on[name] for name, of in services.items() if of == category["id"])
            for category in self.document["categories"]
        }
        return {
            "record_id": str(uuid7()),
            "decision": decision,
            "source": "banner",
            "categories": categories,
            "services": on,
            "policy_version": self.version,
            "language": "ja",
            "page_path": "/products",
            "gpc": False,
            "region": None,
            "client_time": None,
            "script": None,
            "visitor": self.token,
            **changes,
        }

    def post(self, path, body, origin=ORIGIN, **headers):
        if origin is not None:
            headers["Origin"] = origin
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        url = f"/api/v1/sites/{self.site.key}/{path}"
        return self.client.post(url, data=data, headers=headers, content_type="text/plain;charset=UTF-8")

    def send(self, body, **headers):
        answer = self.post("records", body, **headers)
        if answer.status_code == 201:
            self.token = answer.json["visitor"]
        return answer

    def decide(self, decision="accept_all", **changes):
        return self.send(self.body(decision, **changes))

    def state(self, token=None, **headers):
        return self.post("state", {"visitor": token or self.token}, **headers)
