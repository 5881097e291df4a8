"""The screens of the banner, and how to get to each: one site for each layout, in all ten languages of the demo's policy."""

import json
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
LAYOUTS = {
    "bar": ("bar", "bottom"),
    "bar-top": ("bar", "top"),
    "box-left": ("box", "bottom-left"),
    "box-right": ("box", "bottom-right"),
    "dialog": ("dialog", "center"),
}
LANGUAGES = ("ja", "en", "zh", "zh-tw", "ko", "de", "fr", "es", "pt", "ar")
SCHEMES = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
FILM = """<iframe title="Film" width="480" height="270" data-category="functional" data-service="youtube"
 data-src="https://www.youtube-nocookie.com/embed/M7lc1UVf-VE"></iframe>"""
PARAGRAPHS = "".join(f'<p>Paragraph {n} has <a href="#{n}">link {n}</a>.</p>' for n in range(30))


@cache
def site_key(platform, origin, layout):
    """Made once for each layout; the demo's policy has the most services, and recipients that have to be named."""
    first, position = LAYOUTS[layout]
    policy = yaml.safe_load((ROOT / "demo/policy.yaml").read_text("utf-8"))
    policy["layout"] = {"first": first, "position": position}
    policy["privacy_policy"]["url"] = "https://www.shop.example/privacy"
    return platform.make_site([origin], **policy)


class Screens:
    """One visitor on a page of the shop."""

    def __init__(self, page, platform, shop):
        self.page, self.platform, self.shop = page, platform, shop
        page.set_default_timeout(10_000)

    def open(self, layout="bar", language="ja", *, head="", body="", wait=True):
        """A page without any style of its own, unless `head` brings one."""
        key = site_key(self.platform, self.shop.origin(), layout)
        self.shop.put(
            "/page",
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Shop</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
            f'<script src="{self.platform.url}/b/{key}.js"></script></head>'
            f"<body><main><h1>Shop</h1>{body}</main></body></html>",
        )
        self.page.goto(f"{self.shop.origin()}/page")
        if wait:
            self.layer.wait_for()
        return self

    @property
    def layer(self):
        """The layer on top."""
        return self.page.locator("#consent-root [role=dialog]").last

    @property
    def centre(self):
        return self.page.locator("#consent-root .consent-centre")

    def action(self, name):
        return self.layer.locator(f"[data-consent-action={name}]")

    def preferences(self, *, details=False):
        self.action("settings").click()
        self.centre.wait_for()
        if details:
            self.unfold()
        return self

    def unfold(self):
        self.page.evaluate("document.querySelectorAll('#consent-root details').forEach(one => { one.open = true })")

    def decide(self, action="accept-all"):
        """Waits for the acknowledgement, so that there is a receipt."""
        with self.page.expect_response("**/records"):
            self.action(action).click()
        self.reopener.wait_for()
        return self

    @property
    def reopener(self):
        return self.page.locator("#consent-root [data-consent-action=reopen]")

    def reopen(self):
        self.reopener.click()
        self.centre.wait_for()
        return self

    def state(self):
        return self.page.evaluate("consent.state()")

    def focused(self):
        """What has the keyboard: tag, and action, switch or text."""
        return self.page.evaluate(
            "(({tagName, dataset, name, value, innerText}) => [tagName.toLowerCase(), dataset.consentAction ||"
            " (name && `${name} ${value}`) || innerText.trim().replaceAll('\\u200b', '')])(document.activeElement)"
        )

    def use(self, script, *arguments):
        """Runs a function of tests/browser/measure.js on the page."""
        measures = (Path(__file__).parent / "measure.js").read_text("utf-8")
        # As one text: member by member, which is Playwright's way, the styles of a layer took ten seconds.
        text = self.page.evaluate(
            f"(() => {{ {measures}; return JSON.stringify({script}(...{json.dumps(arguments)})) }})()"
        )
        return json.loads(text)
