"""Whatever an editor writes into a policy is text on the page, never markup."""

import pytest
import yaml

from tests.people import example_policy
from tests.visitors.form import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ATTACK = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>"""
TEXTS = """
accept always_on cookies decided_at details gpc no_script no_tag none_known opt_out privacy_policy receipt reject
save saved sends settings_body settings_title unverified vendor vendor_policy
"""


def here(number):
    return f"{ATTACK}⟦{number}⟧"


def hostile_policy():
    """The example policy with an attack in every text that the page shows, numbered."""
    policy = yaml.safe_load(example_policy())
    numbers = iter(range(1000))

    def attack():
        text = here(next(numbers))
        return {"ja": text, "en": text}

    policy["controller"]["name"] = attack()
    texts = {name: here(next(numbers)) for name in TEXTS.split()} | {"recipients": f"{here(next(numbers))} {{count}}"}
    policy["texts"] = {"ja": texts, "en": dict(texts)}
    categories = ("necessary", "functional", "analytics", "ma", "advertising")
    policy["categories"] = [{"id": name, "name": attack(), "description": attack()} for name in categories]
    policy["vendors"] = [{"id": "evil", "name": attack(), "address": attack(), "country": "JP"}]
    policy["vendors"][0] |= {
        "policy_url": "https://e.example/?a=1&b=%22%3E",
        "opt_out_url": "https://e.example/?a=1&amp;b",
    }
    own = {"preset": "custom_script", "category": "analytics", "vendor": "evil", "name": attack(), "purpose": attack()}
    items, vendor = attack(), policy["vendors"][0]["name"]
    naming = {language: f"{vendor[language]} {items[language]}" for language in items}
    own |= {"sends": [attack()], "acquires_as_personal_data": {"items": [items], "text": naming}}
    own["parameters"] = {"src": "https://cdn.example.com/x.js"}
    own["cookies"] = [
        {
            "name": here(next(numbers)),
            "kind": "local_storage",
            "purpose": attack(),
            "lifetime_s": 60,
            "confidence": "verified",
        }
    ]
    policy["services"].append({"id": "own", "load": "page", **own})
    policy["services"].append({"id": "gsc", "preset": "google_search_console"})  # without a tag and without cookies
    return policy, next(numbers)


def test_an_attack_in_every_text_stays_text(visit, site, publish_for):
    policy, count = hostile_policy()
    publish_for(site, **policy)
    shown = visit.open(**{"Sec-GPC": "1"}).html + visit.choose("accept_all").html
    missing = [number for number in range(count) if f"⟦{number}⟧" not in shown]
    assert missing == [], "every attack has reached the page"
    page = Page(shown)
    assert [name for name in ("script", "img", "b") if page.named(name)] == []
    assert [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)] == []


@pytest.mark.parametrize("lang", ['"><script>', "ja'onload='"])
def test_an_attack_in_the_address_stays_text(visit, client, lang):
    assert "<script" not in client.get("/settings/example", query_string={"lang": lang}).text
    assert "<script" not in client.get('/settings/"><script>', query_string={"lang": lang}).text


def test_an_attack_in_a_form_is_not_repeated(visit):
    answer = visit.send(ATTACK, ATTACK, policy_version=ATTACK)
    assert answer.status_code == 422
    assert "alert(1)" not in answer.text
