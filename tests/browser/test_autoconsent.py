"""DuckDuckGo's autoconsent, as its browsers inject it, answers the banner with the rule that we keep for it."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE = json.loads((ROOT / "deploy/autoconsent/consent.json").read_text("utf-8"))
CONTENT_SCRIPT = ROOT / "node_modules/@duckduckgo/autoconsent/dist/autoconsent.playwright.js"
SETTINGS = {
    "enabled": True,
    "disabledCmps": [],
    "enablePrehide": True,
    "enableCosmeticRules": False,
    "enableGeneratedRules": False,
    "enableHeuristicDetection": False,
    "detectRetries": 20,
    "isMainWorld": False,
    "prehideTimeout": 2000,
    "logs": dict.fromkeys(("lifecycle", "rulesteps", "detectionsteps", "evals", "errors", "messages", "waits"), False),
}


class Autoconsent:
    """The part that a browser plays: it hands the content script settings and rules, and hears what it did."""

    def __init__(self, page, action, rule=RULE):
        self.page, self.said = page, []
        self.answer = {
            "type": "initResp",
            "config": {**SETTINGS, "autoAction": action},
            "rules": {"autoconsent": [rule]},
        }
        page.expose_function("autoconsentHears", lambda message: self.said.append(message))
        # The script asks once, at the start of each document; the answer must not wait for the page.
        page.add_init_script(
            f"""window.autoconsentSendMessage = (message) => {{
              autoconsentHears(message);
              if (message.type === "init") setTimeout(() => autoconsentReceiveMessage({json.dumps(self.answer)}));
              return Promise.resolve();
            }};
            {CONTENT_SCRIPT.read_text("utf-8")}"""
        )

    def heard(self, kind):
        return [message for message in self.said if message["type"] == kind]

    def wait_for(self, kind):
        for _ in range(300):
            if self.heard(kind):
                return self.heard(kind)[0]
            self.page.wait_for_timeout(50)
        raise AssertionError(f"autoconsent never said {kind}: {[message['type'] for message in self.said]}")

    def self_test(self):
        self.page.evaluate("() => autoconsentReceiveMessage({ type: 'selfTest' })")
        return self.wait_for("selfTestResult")["result"]


LAYOUTS = [{"first": "bar", "position": "bottom"}, {"first": "box", "position": "bottom-left"}, {"first": "dialog"}]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout["first"])
@pytest.mark.parametrize(
    ("action", "decision", "result"), [("optOut", "reject_all", "optOutResult"), ("optIn", "accept_all", "optInResult")]
)
def test_it_answers_for_the_visitor_and_the_answer_is_recorded(banner_of, page, layout, action, decision, result):
    autoconsent, banner = Autoconsent(page, action), banner_of(layout=layout)
    banner.open()
    assert autoconsent.wait_for(result)["result"] is True
    assert autoconsent.wait_for("autoconsentDone")["cmp"] == RULE["name"]
    (record,) = banner.delivered()
    assert (record["decision"], record["source"]) == (decision, "banner")
    banner.is_silent()
    assert autoconsent.self_test() is (action == "optOut"), "its own test says whether the visitor is opted out"
    assert page.locator("#consent-root").evaluate("(root) => getComputedStyle(root).opacity") == "1", "hidden no more"


def test_it_leaves_a_decision_of_the_visitor_alone(banner_of, page):
    banner = banner_of()
    banner.open().asks().accept()
    banner.delivered()
    autoconsent = Autoconsent(page, "optOut")
    banner.open()
    autoconsent.wait_for("cmpDetected")
    page.wait_for_timeout(1_500)
    assert autoconsent.heard("popupFound") == []
    assert [record["decision"] for record in banner.records()] == ["accept_all"]


def test_a_rule_that_does_not_fit_answers_nothing(banner_of, page):
    wrong = json.loads(json.dumps(RULE).replace("[data-consent-action=reject-all]", "[data-consent-action=refuse]"))
    autoconsent, banner = Autoconsent(page, "optOut", wrong), banner_of()
    banner.open()
    autoconsent.wait_for("cmpDetected")
    banner.asks()
    assert autoconsent.heard("popupFound") == []
    assert banner.records() == []
