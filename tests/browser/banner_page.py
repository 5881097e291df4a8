"""The banner as a visitor uses it, through the DOM that the platform promises to keep (docs/reference/browser.md)."""

import json
import time
from contextlib import suppress

from playwright.sync_api import Error, expect

from consent import sites
from consent.db import db
from consent.phrases import MAY_BREAK
from consent.policies import publish
from consent.records.consent_cookie import checksum

DAY = 86_400
GRANTED = (
    """() => Object.entries(consent.state().services).filter(([id, on]) => on && id !== "consent").map(([id]) => id)"""
)
DATA_LAYER = """() => (window.dataLayer || []).map((entry) =>
  Object.prototype.toString.call(entry) === "[object Arguments]" ? [...entry] : entry)"""


class Banner:
    """One site of the platform, open in one page of a browser. `open` and the answers return once they are done."""

    def __init__(self, page, shop, platform, key):
        self.page, self.shop, self.platform, self.key = page, shop, platform, key
        self.root = page.locator("#consent-root")
        self.script = f"{platform.url}/b/{key}.js"
        self.api = f"{platform.url}/api/v1/sites/{key}"

    def tag(self, attributes=""):
        return f'<script src="{self.script}" {attributes}></script>'

    def put(self, path, body="", *, head="", before="", attributes="", **headers):
        """`before` and `head` stand before and after the script in the head."""
        start = f"<!doctype html><html lang=ja><head><meta charset=utf-8><title>Shop</title>{before}"
        html = f"{start}{self.tag(attributes)}{head}</head><body>{body}</body></html>"
        self.shop.put(path, html, **headers)

    def open(self, path="/", *, host="www.shop.example"):
        if path.partition("?")[0] not in self.shop.pages:
            self.put(path.partition("?")[0])
        self.page.goto(f"{self.shop.origin(host)}{path}")
        return self

    def in_page(self, page):
        return Banner(page, self.shop, self.platform, self.key)

    # What the visitor sees and does

    def button(self, action):
        return self.root.locator(f"[data-consent-action={action}]").last

    def asks(self):
        expect(self.button("accept-all")).to_be_visible()
        return self

    def is_silent(self):
        """Asserts that nothing asks, after everything that shows the banner by itself has had its turn."""
        self.settle()
        expect(self.root.get_by_role("dialog")).to_have_count(0)
        return self

    def answer(self, action):
        self.button(action).click()
        self.wait_for("window.consent && consent.state().decided")
        return self.settled()

    def accept(self):
        return self.answer("accept-all")

    def reject(self):
        return self.answer("reject-all")

    def settings(self):
        self.button("settings").click()
        expect(self.button("save")).to_be_visible()
        return self

    def reopen(self):
        self.button("reopen").click()
        expect(self.button("save")).to_be_visible()
        return self

    def switch(self, service, on=True):
        self.service_switch(service).set_checked(on)
        return self

    def service_switch(self, service):
        return self.root.locator(f"input[name=services][value={service}]")

    def save(self):
        return self.answer("save")

    def close(self):
        self.button("close").click()
        return self

    def words(self):
        """What stands in the layers, without the marks of where lines may break."""
        return self.root.inner_text().replace(MAY_BREAK, "")

    # What a developer and the browser see

    def call(self, expression):
        """A call of the API: `call('save({services: {ga4: true}})')`."""
        self.page.evaluate(f"() => {{ consent.{expression} }}")
        return self.settled()

    def reloads(self, act):
        """Returns when what `act` does has led to the page being loaded anew."""
        with self.page.expect_navigation():
            act()
        return self.settle()

    def wait_for(self, condition):
        """Asked from outside: it outlives a reload, a stopped clock, and a policy of the page that forbids `eval`."""
        end = time.monotonic() + 15
        while time.monotonic() < end:
            with suppress(Error):  # the page is being loaded anew
                if self.page.evaluate(f"() => !!({condition})"):
                    return self
            self.page.wait_for_timeout(20)
        raise AssertionError(f"Waited in vain for {condition}")

    def settled(self):
        """The click or call does the least; the rest is done in the next task, and perhaps on a page loaded anew."""
        with suppress(Error):
            self.settle()
        return self

    def settle(self):
        """Returns when what the script puts off to a later turn has been done."""
        self.page.evaluate("() => new Promise((done) => setTimeout(() => setTimeout(done)))")
        return self

    def state(self):
        return self.page.evaluate("() => consent.state()")

    def granted(self):
        """Ids of the services that are on, apart from our own."""
        return self.page.evaluate(GRANTED)

    def data_layer(self):
        return self.page.evaluate(DATA_LAYER)

    def cookies(self, name="consent"):
        return [cookie for cookie in self.page.context.cookies() if cookie["name"] == name]

    def cookie(self):
        """The one consent cookie, as a dictionary of its fields; None where there is none."""
        for _ in range(10):  # while a cookie is being written anew there is none for a moment
            found = self.cookies()
            if found:
                break
            self.page.wait_for_timeout(30)
        assert len(found) < 2, found
        return dict(part.split("=", 1) for part in found[0]["value"].split("&")) if found else None

    def kept(self):
        """What the cookie grants beyond the necessary."""
        return [each for each in self.cookie()["g"].split("~") if each not in ("necessary", ".consent")]

    def stored(self, drawer=""):
        return self.page.evaluate("(key) => localStorage.getItem(key)", f"consent{drawer}")

    def outbox(self):
        return json.loads(self.stored(".outbox") or "[]")

    # What the platform knows

    def delivered(self):
        """The records, once the outbox is empty."""
        self.wait_for("!JSON.parse(localStorage.getItem('consent.outbox') || '[]').length")
        return self.records()

    def records(self):
        """What is stored, with categories and services as dictionaries."""
        decoded = {"categories", "services"}
        rows = self.platform.records(self.key)
        return [{k: json.loads(v) if k in decoded else v for k, v in row.items()} for row in rows]

    def publication(self):
        with self.platform.app.app_context(), db.engine.connect() as connection:
            return publish.current(connection, sites.find(connection, self.key).id)

    def text(self, *, now, granted=(), **changes):
        """The text of a cookie that was decided a day before `now`. `granted`: dotted `category.service` pairs."""
        current = self.publication()
        pairs = [pair.split(".") for pair in granted]
        categories = {category for category, _ in pairs}
        fields = {
            "v": 1,
            "p": current.policy_version[:16],
            "m": current.material_since,
            "t": int(now) - DAY,
            "e": int(now) + 100 * DAY,
            "d": "custom",
            "g": "~".join(["necessary", *sorted(categories), ".consent", *sorted(f".{pair[1]}" for pair in pairs)]),
            "i": "",
            **changes,
        }
        text = "&".join(f"{name}={value}" for name, value in fields.items())
        return f"{text}&k={checksum(self.key, text)}"

    def plant(self, value, *, name="consent", domain=".shop.example", path="/"):
        cookie = {"name": name, "value": value, "domain": domain, "path": path}
        self.page.context.add_cookies([cookie])
        return self

    def plant_mirror(self, value, *, drawer="", host="www.shop.example"):
        """Into localStorage, from a page of the same origin without the script."""
        self.shop.put("/blank", "<!doctype html>")
        self.page.goto(f"{self.shop.origin(host)}/blank")
        self.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"consent{drawer}", value])
        return self
