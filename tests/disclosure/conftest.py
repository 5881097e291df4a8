import json

import pytest
import yaml

from consent import clock
from consent.catalogue.presets import presets
from consent.db import db, transact
from consent.policies import publish
from consent.policies.document import read
from tests.browser.conftest import (  # noqa: F401  (the same Chromium, platform and marketing site)
    browser_context_args,
    browser_type_launch_args,
    platform,
    shop,
    shop_server,
    vendors,
)
from tests.people import example_policy

PRESETS = (
    *("ga4", "gtm", "google_ads", "google_search_console", "hubspot", "marketo", "account_engagement", "satori"),
    *("meta_pixel", "youtube", "clarity", "karte", "line_tag", "microsoft_uet"),
)
JOINT_USE = {
    "id": "group",
    "name": {"ja": "グループ各社との共同利用", "en": "Joint use within the group"},
    "items": ["page_url", {"ja": "お名前", "en": "Your name"}],
    "users": {"ja": "当社の子会社", "en": "Our subsidiaries"},
    "purpose": {"ja": "お問い合わせにお答えするため", "en": "To answer your questions"},
    "responsible": {
        "name": "見本株式会社",
        "address": {"ja": "東京都千代田区見本町1-1-1", "en": "1-1-1 Mihoncho, Chiyoda-ku, Tokyo"},
        "representative": {"ja": "見本 太郎", "en": "Taro Mihon"},
    },
}


def policy_of_twenty():
    """What a Japanese company may have, filled up with services of its own."""
    policy = yaml.safe_load(example_policy())
    policy["categories"] = ["necessary", "functional", "analytics", "ma", "advertising"]
    policy["joint_use"] = [JOINT_USE]
    services = [_of_preset(presets()[name]) for name in PRESETS]
    services += [_own(number) for number in range(20 - len(services))]
    policy["services"] = services
    policy["vendors"] = [
        {"id": "chat", "name": "架空チャット株式会社", "country": "JP", "address": "東京都港区架空1-2-3"}
    ]
    return policy


def _of_preset(preset):
    parameters = {each.name: each.example for each in preset.parameters if each.required}
    return {"id": preset.id.replace(".", "-"), "preset": preset.id, "parameters": parameters}


def _own(number):
    return {
        "id": f"chat-{number}",
        "preset": "custom_script",
        "category": "functional",
        "vendor": "chat",
        "name": {"ja": f"チャット{number}", "en": f"Chat {number}"},
        "purpose": {"ja": "ご質問にお答えします。", "en": "Answers your questions."},
        "sends": ["page_url", "ip"],
        "cookies": [{"name": f"chat_{number}", "lifetime_s": 86400, "confidence": "observed"}],
        "parameters": {"src": f"https://chat-{number}.example.net/widget.js"},
    }


@pytest.fixture
def publish_policy(app, site):
    """publish_policy(controller=…): the policy of twenty services with changes, as the site's current one."""

    def go(**changes):
        source = read(json.dumps({**policy_of_twenty(), **changes}))
        made = transact(
            lambda connection: publish.publish(connection, site.id, source, clock.now(), published_by="tests")
        )
        app.extensions["consent.policies"].published.cache_clear()
        return made

    return go


@pytest.fixture
def document_of(app):
    def go(made):
        with db.engine.connect() as connection:
            return json.loads(publish.by_version(connection, made.policy_version))

    return go
