"""The same tests in Firefox. What is intercepted and recorded is the same; only the engine is another."""

import shutil
from contextlib import contextmanager

import pytest

from tests.browser.conftest import HOSTS

NAMES = ("firefox-esr", "firefox")


@contextmanager
def firefox(playwright):
    """A browser that its distribution has built, by WebDriver BiDi. It resolves the shop's names to this machine."""
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=next(filter(None, map(shutil.which, NAMES))),
        firefox_user_prefs={"network.dns.localDomains": ",".join(HOSTS)},
    )
    assert "Firefox" in (engine := _user_agent(browser)), engine
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser(playwright):
    with firefox(playwright) as browser:
        yield browser


def _user_agent(browser):
    page = browser.new_page()
    try:
        return page.evaluate("navigator.userAgent")
    finally:
        page.close()
