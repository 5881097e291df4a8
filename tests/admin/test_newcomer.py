"""Somebody who has never seen this: from the one-time link to a bundle that verifies."""

import re

import pytest
from playwright.sync_api import expect

from consent.accounts.cli import setup_link
from consent.audit.verify.verdict import verify
from tests.browser.conftest import shop, shop_server  # noqa: F401
from tests.platform import started

PASSWORD = "seven green bicycles"


@pytest.fixture
def fresh_platform(tmp_path, migrated_sqlite):
    made = started(tmp_path, migrated_sqlite)
    yield made
    made.close()


def create_account(page, platform):
    with platform.app.app_context():
        page.goto(setup_link())
    page.fill("#email", "anna@example.com")
    page.fill("#name", "Anna")
    page.fill("#password", PASSWORD)
    page.select_option("#language", "en")
    page.click("main button")
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()


def create_site(page, origin):
    page.get_by_role("link", name=re.compile("new site", re.IGNORECASE)).first.click()
    page.fill("#name", "Shop")
    page.fill("#origins", origin)
    page.click("main button")
    expect(page.get_by_role("heading", name="Shop", exact=True)).to_be_visible()


def add_service(page, name, **parameters):
    page.get_by_role("link", name="Services", exact=True).click()
    page.get_by_role("link", name="Add a service").click()
    page.fill("#q", name)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name=f"Add: {name}").click()
    for parameter, value in parameters.items():
        page.fill(f"[name='parameter.{parameter}']", value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved in the draft.")).to_be_visible()


def publish(page):
    page.get_by_role("link", name="Check and publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. Visitors get it")).to_be_visible()


def decide_on_the_site(page, shop, snippet):  # noqa: F811
    """In a tab of their own: an empty page with what the install page says, and nothing else."""
    shop.put("/empty", f"<!doctype html><html lang=en><head><title>Empty</title>{snippet}</head><body></body></html>")
    visit = page.context.new_page()
    visit.goto(f"{shop.origin()}/empty")
    visit.locator("[data-consent-action=reject-all]").click()
    expect(visit.locator("[data-consent-action=reject-all]")).not_to_be_visible()
    visit.wait_for_function(
        "!localStorage.getItem('consent.outbox') || localStorage.getItem('consent.outbox') === '[]'"
    )
    visit.close()


def bundle(page, folder):
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="Export").first.click()
    page.fill("#bundle-reason", "The first look")
    page.get_by_role("button", name="Build").click()
    link = page.locator("#bundle a.btn-primary")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    download.value.save_as(folder / "bundle.zip")
    return folder / "bundle.zip"


def test_from_the_link_to_a_bundle_that_verifies(page, fresh_platform, shop, tmp_path):  # noqa: F811
    create_account(page, fresh_platform)
    create_site(page, shop.origin())
    page.get_by_role("link", name="Policy", exact=True).first.click()
    add_service(page, "Google Analytics 4", measurement_id="G-ABCDEF1234")
    add_service(page, "HubSpot", portal_id="1234567")
    publish(page)
    page.get_by_role("link", name="Install", exact=True).click()
    decide_on_the_site(page, shop, page.locator("#snippet").inner_text())
    page.get_by_role("link", name="Evidence", exact=True).click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Refused all")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("Google Analytics 4").first).to_be_visible()
    report = verify(bundle(page, tmp_path))
    assert {check.status for check in report.checks if check.name in ("records", "root", "policies", "csv")} == {
        "holds"
    }
