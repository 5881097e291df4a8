"""The engine of Safari, by WebDriver: WebKitGTK's browser on a screen of its own that nobody looks at.

All it asks for goes to the shop as its proxy, but for the platform: no name needs an entry anywhere, and nothing leaves this
machine. What has `http:` is among what the shop has seen; with `https:` nobody understands the other.
"""

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager

from selenium import webdriver
from selenium.common.exceptions import JavascriptException, NoSuchElementException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import HTTPError

NOT_YET = (AssertionError, JavascriptException, NoSuchElementException)
SECONDS = 15
STARTS = 3


@contextmanager
def screen():
    """Xvfb chooses a free number and says it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            yield f":{int(said.readline())}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def browser(proxy):
    """A browser in Japanese that knows nothing yet. `proxy`: host:port of the shop."""
    with screen() as display:
        environment = {**os.environ, "DISPLAY": display, "LANG": "ja_JP.UTF-8", "LANGUAGE": "ja"}
        options = Options()
        proxies = {"proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy, "noProxy": ["127.0.0.1"]}
        options.set_capability("proxy", proxies)
        service, driver = started(environment, options)
        try:
            yield driver
            driver.quit()
        finally:
            service.stop()


def started(environment, options):
    """Once nothing came for two minutes, nobody knows why, and never again: so each start has its time, and another follows."""
    for _ in range(STARTS):
        service = Service(shutil.which("WebKitWebDriver"), env=environment)
        service.start()
        at = ClientConfig(remote_server_addr=service.service_url, timeout=SECONDS)
        try:
            return service, webdriver.Remote(command_executor=RemoteConnection(client_config=at), options=options)
        except (HTTPError, WebDriverException) as error:
            service.stop()
            failure = error
    raise failure


class Visit:
    """One visitor on the pages of one site."""

    def __init__(self, driver, shop, platform, key):
        self.driver, self.shop, self.platform, self.key = driver, shop, platform, key

    def put(self, path, body="", *, attributes="", **headers):
        script = f'<script src="{self.platform.url}/b/{self.key}.js" {attributes}></script>'
        head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>Shop</title>{script}"
        self.shop.put(path, f"<!doctype html><html lang=ja><head>{head}</head><body>{body}</body></html>", **headers)

    def open(self, path="/", *, host="www.shop.example"):
        self.driver.get(f"{self.shop.origin(host)}{path}")
        return self

    def value(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def wait_for(self, condition):
        return waited_for(lambda: self.value(condition), condition)

    def action(self, name):
        """What the visitor can press, on the layer on top."""

        def shown():
            found = self.driver.find_elements(By.CSS_SELECTOR, f"[data-consent-action={name}]")
            return next((each for each in reversed(found) if each.is_displayed()), None)

        return waited_for(shown, name)

    def asks(self):
        self.action("accept-all")
        return self

    def answer(self, name):
        self.action(name).click()
        self.wait_for("window.consent && consent.state().decided")
        return self

    def delivered(self):
        """The decisions that were recorded, once none is left to be sent."""
        self.wait_for("!JSON.parse(localStorage.getItem('consent.outbox') || '[]').length")
        return [(row["decision"], row["source"]) for row in self.platform.records(self.key)]

    def granted(self):
        services = json.loads(self.value("JSON.stringify(consent.state().services)"))
        return sorted(name for name, on in services.items() if on and name != "consent")


def waited_for(look, what):
    """What `look` finds, once it finds something: a page may be on its way out or not yet there."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except NOT_YET:
            pass
        except WebDriverException as error:
            if "stale" not in str(error) and "no such" not in str(error):
                raise
        time.sleep(0.03)
    raise AssertionError(f"Waited in vain for {what}")
