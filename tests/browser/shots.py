"""Pictures of every screen, from the demo (`python -m tests.browser.shots`): the README's few, or all of them with --all."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

from consent import config
from tests import chromium
from tests.platform import free_port

IMAGES = config.ROOT / "docs" / "images"
LARGEST = 300_000  # bytes of a committed picture
SIZES = {"phone": (390, 844, 2), "desktop": (1280, 800, 1)}
LAYOUTS = {"bar": ("bar", "bottom"), "box": ("box", "bottom-right"), "dialog": ("dialog", "center")}
PATHS = {"ja": "/", "en": "/en/"}


@dataclass(frozen=True)
class Shot:
    screen: str
    language: str
    size: str
    scheme: str = "light"

    @property
    def name(self):
        return "-".join([self.screen, self.language, self.size] + ["dark"] * (self.scheme == "dark"))


def _shots():
    for language in ("ja", "en"):
        for size in SIZES:
            for screen in ("bar", "preferences", "settings"):
                yield Shot(screen, language, size)
                yield Shot(screen, language, size, "dark")
            for screen in ("preferences-details", "placeholder", "decided", "receipt", "box", "dialog"):
                yield Shot(screen, language, size)


SHOTS = tuple(_shots())
FOR_README = ("bar-ja-desktop", "bar-en-desktop-dark", "bar-ja-phone", "preferences-ja-phone")


class Demo:
    """`consent demo` in a process of its own, with data that is thrown away."""

    def __init__(self, folder):
        self.folder, port, site_port = Path(folder), free_port(), free_port()
        self.platform, self.site = f"http://127.0.0.1:{port}", f"http://localhost:{site_port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
        self.environment |= {"CONSENT_DATA_DIR": folder, "CONSENT_SECRET_KEYS_FILE": f"{folder}/secret_keys"}
        command = _consent("demo", "--data", folder, "--port", str(port), "--site-port", str(site_port))
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)

    def wait(self):
        for url in (f"{self.platform}/readyz", self.site):
            _until(lambda url=url: self._lives() and _fetch(url) is not None, f"{url} answers")

    def _lives(self):
        if self.process.poll() is not None:
            raise SystemExit("The demo has stopped; its message is above.")
        return True

    def lay_out(self, name):
        """Publishes the demo's policy in another layout, and waits until the platform serves it."""
        first, position = LAYOUTS[name]
        policy = yaml.safe_load((config.ROOT / "demo" / "policy.yaml").read_text("utf-8"))
        policy["layout"] = {**policy["layout"], "first": first, "position": position}
        before, file = self._script(), self.folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
        command = _consent("policy", "publish", "--site", "demo", "--yes", str(file))
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        _until(lambda: self._script() != before, f"the layout {name} is served")

    def _script(self):
        return _fetch(f"{self.platform}/b/demo.js")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)


def _consent(*arguments):
    return [sys.executable, "-m", "consent", *arguments]


def _fetch(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


def _until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"Waited {seconds} s in vain until {what}.")
        time.sleep(0.2)


def _see_banner(page, demo, shot):
    page.goto(f"{demo.site}{PATHS[shot.language]}")
    page.locator("#consent-root [role=dialog]").wait_for()


def _see_preferences(page, demo, shot):
    _see_banner(page, demo, shot)
    page.click("[data-consent-action=settings]")
    page.locator("#consent-root dialog").wait_for()


def _see_details(page, demo, shot):
    _see_preferences(page, demo, shot)
    page.locator("#consent-root article details summary").nth(1).click()
    page.locator("#consent-root article").nth(1).evaluate("article => article.scrollIntoView({block: 'start'})")


def _see_placeholder(page, demo, shot):
    page.goto(f"{demo.site}{PATHS[shot.language]}movie/")
    page.click("[data-consent-action=reject-all]")
    page.locator("[data-consent-action=allow-once]").scroll_into_view_if_needed()


def _decide(page, demo, shot):
    _see_banner(page, demo, shot)
    with page.expect_response("**/records"):
        page.click("[data-consent-action=accept-all]")
    page.locator("[data-consent-action=reopen]").wait_for()


def _see_receipt(page, demo, shot):
    _decide(page, demo, shot)
    page.click("[data-consent-action=reopen]")
    page.locator("#consent-root dialog > div > details summary").last.click()
    page.locator("[data-consent-action=withdraw]").scroll_into_view_if_needed()


def _see_settings(page, demo, shot):
    page.goto(f"{demo.platform}/settings/demo?lang={shot.language}")


SCREENS = {
    "preferences": _see_preferences,
    "preferences-details": _see_details,
    "placeholder": _see_placeholder,
    "decided": _decide,
    "receipt": _see_receipt,
    "settings": _see_settings,
}


def _take(browser, demo, shot, folder):
    width, height, scale = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        is_mobile=shot.size == "phone",
        locale={"ja": "ja-JP", "en": "en-GB"}[shot.language],
        color_scheme=shot.scheme,
    )
    page = context.new_page()
    SCREENS.get(shot.screen, _see_banner)(page, demo, shot)
    page.screenshot(path=folder / f"{shot.name}.png")
    context.close()


def _take_all(browser, demo, shots, folder):
    """Ordered by layout, so that each is published once; screens that show no first layer come with the bar."""
    for layout in LAYOUTS:
        mine = [shot for shot in shots if (shot.screen if shot.screen in LAYOUTS else "bar") == layout]
        if mine and layout != "bar":
            demo.lay_out(layout)
        for shot in mine:
            _take(browser, demo, shot, folder)


def _check_sizes(folder, shots):
    large = [shot.name for shot in shots if (folder / f"{shot.name}.png").stat().st_size > LARGEST]
    if large:
        raise SystemExit(f"Larger than {LARGEST} bytes: {', '.join(large)}")


def _launch(playwright):
    return playwright.chromium.launch(executable_path=chromium.path(), args=chromium.arguments())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every picture, into this folder")
    wanted = parser.parse_args().all
    folder, shots = wanted or IMAGES, [shot for shot in SHOTS if wanted or shot.name in FOR_README]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        demo, browser = Demo(data), _launch(playwright)
        try:
            demo.wait()
            _take_all(browser, demo, shots, folder)
        finally:
            browser.close()
            demo.stop()
    if not wanted:
        _check_sizes(folder, shots)


if __name__ == "__main__":
    main()
