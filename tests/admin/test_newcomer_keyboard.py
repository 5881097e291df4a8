"""The newcomer's way again, with the keyboard alone; and pictures of every page of it, where somebody wants to see them.

CONSENT_TEST_PICTURES names a folder: every page in both languages, for a desktop and a phone, light and dark.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from consent.accounts.cli import setup_link
from consent.audit.verify.verdict import verify
from tests.admin.keyboard import Keyboard
from tests.admin.test_newcomer import PASSWORD, fresh_platform  # noqa: F401
from tests.browser.conftest import shop, shop_server  # noqa: F401

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


class Album:
    """Takes its pictures in a tab of its own, so that what is typed stays."""

    def __init__(self, context, folder):
        self._context, self._folder, self._count = context, folder, 0

    def add(self, page, name):
        if not self._folder:
            return
        self._count += 1
        tab = self._context.new_page()
        for size, viewport in SIZES.items():
            tab.set_viewport_size(viewport)
            for language in ("ja", "en"):
                address = urlsplit(page.url)
                query = "&".join(filter(None, (f"lang={language}", address.query)))
                tab.goto(address._replace(query=query, fragment="").geturl())
                tab.wait_for_load_state("networkidle")
                for scheme in ("light", "dark"):
                    tab.emulate_media(color_scheme=scheme)
                    path = Path(self._folder) / f"{self._count:02}-{name}-{language}-{size}-{scheme}.png"
                    tab.screenshot(path=path, full_page=True, animations="disabled")
        tab.close()


@pytest.fixture
def album(context):
    return Album(context, os.environ.get("CONSENT_TEST_PICTURES"))


@pytest.fixture
def keys(page):
    return Keyboard(page)


def create_account(keys, album, platform):
    with platform.app.app_context():
        keys.page.goto(setup_link() + "?lang=en")
    album.add(keys.page, "set-up")
    keys.type("E-mail address", "anna@example.com").type("Your name", "Ana").type("New password", PASSWORD)
    keys.type("Your name", "Anna", back=True).choose("Language", "Eng").follow("Create account")
    expect(keys.page.get_by_role("heading", name="Sites")).to_be_visible()
    album.add(keys.page, "no-site")


def create_site(keys, album, origin):
    keys.follow("New site", tag="a")
    album.add(keys.page, "new-site")
    keys.type("Name", "Shop").type("Origins", origin).follow("Create site", tag="button")
    expect(keys.page.get_by_role("heading", name="Shop", exact=True)).to_be_visible()
    album.add(keys.page, "site")


def add_service(keys, album, name, parameter, value):
    keys.follow("Services", tag="a")
    album.add(keys.page, "services")
    keys.follow("Add a service")
    album.add(keys.page, "catalogue")
    keys.type("Search by name, company or purpose", name).press("Enter")
    expect(keys.page.get_by_role("button", name=f"Add: {name}")).to_be_visible()
    keys.follow(f"Add: {name}")
    album.add(keys.page, "service")
    keys.type(parameter, value).follow("Save", tag="button")
    expect(keys.page.get_by_text("Saved in the draft.")).to_be_visible()


def publish(keys, album):
    keys.follow("Preview", tag="a")
    album.add(keys.page, "preview")
    keys.follow("Check and publish", tag="a")
    album.add(keys.page, "check")
    keys.follow("Publish", tag="button")
    expect(keys.page.get_by_text("Published. Visitors get it")).to_be_visible()
    album.add(keys.page, "published")


def decide_on_the_site(keys, shop, snippet):  # noqa: F811
    shop.put("/empty", f"<!doctype html><html lang=en><head><title>Empty</title>{snippet}</head><body></body></html>")
    visit = keys.page.context.new_page()
    visit.goto(f"{shop.origin()}/empty")
    expect(visit.locator("[data-consent-action=reject-all]")).to_be_visible()
    with visit.expect_response("**/records"):
        keys.on(visit).to("Reject all").press("Space")
    expect(visit.locator("[data-consent-action=reject-all]")).not_to_be_visible()
    visit.close()


def look_at_the_record(keys, album):
    keys.follow("Evidence", tag="a")
    album.add(keys.page, "evidence")
    expect(keys.page.locator("tbody tr").first).to_contain_text("Refused all")
    keys.follow(keys.page.locator("tbody a").first.inner_text())
    expect(keys.page.get_by_text("Google Analytics 4").first).to_be_visible()
    album.add(keys.page, "record")


def bundle(keys, album, folder):
    keys.follow("Evidence", tag="a").follow("Export", tag="a")
    album.add(keys.page, "export")
    keys.type("Reason", "The first look").follow("Build bundle")
    link = keys.page.locator("#bundle a.btn-primary")
    expect(link).to_be_visible(timeout=60_000)
    album.add(keys.page, "bundle")
    keys.to(link.inner_text())
    with keys.page.expect_download() as download:
        keys.press("Enter")
    download.value.save_as(folder / "bundle.zip")
    return folder / "bundle.zip"


def test_from_the_link_to_a_bundle_that_verifies_without_a_mouse(keys, album, fresh_platform, shop, tmp_path):  # noqa: F811
    create_account(keys, album, fresh_platform)
    create_site(keys, album, shop.origin())
    keys.follow("Policy", tag="a")
    album.add(keys.page, "policy")
    add_service(keys, album, "Google Analytics 4", "Measurement ID", "G-ABCDEF1234")
    add_service(keys, album, "HubSpot", "Portal ID (Hub ID)", "1234567")
    publish(keys, album)
    keys.follow("Install", tag="a")
    album.add(keys.page, "install")
    decide_on_the_site(keys, shop, keys.page.locator("#snippet").inner_text())
    look_at_the_record(keys, album)
    report = verify(bundle(keys, album, tmp_path))
    assert {check.status for check in report.checks if check.name in ("records", "root", "policies", "csv")} == {
        "holds"
    }
    keys.follow("Overview", tag="a")
    album.add(keys.page, "overview")
