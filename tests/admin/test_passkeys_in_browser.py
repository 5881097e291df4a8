"""Passkeys in a real Chromium with its own virtual authenticator (CDP, domain WebAuthn)."""

import shutil

import pytest

from tests.admin.people import PASSWORD, new_user, sign_in_with_browser
from tests.admin.test_appearance import PHONE, look
from tests.platform import Platform


@pytest.fixture(scope="module")
def named_platform(tmp_path_factory, migrated_sqlite):
    """Under a name: browsers have no passkeys for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("named")
    shutil.copy(migrated_sqlite, folder / "consent.sqlite")
    platform = Platform(folder)
    platform.url = f"http://localhost:{platform.port}"
    platform.start()
    yield platform
    platform.close()


@pytest.fixture
def phone(page):
    """A device that verifies its user. Returns the CDP session and its id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    asked = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**asked, "isUserVerified": True, "automaticPresenceSimulation": True}
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def user(platform, name):
    with platform.app.app_context():
        return new_user(f"{name}@example.com")


def add(page, platform, name):
    page.goto(f"{platform.url}/admin/account?lang=en")
    page.click("text=Add a passkey")
    page.fill("#name", name)
    page.fill("#present", PASSWORD)
    page.click("main form button")


def sign_out(page, platform):
    page.click("text=Sign out")
    page.wait_for_url(f"{platform.url}/admin/sign-in*")


def test_a_passkey_is_added_and_signs_in_and_every_page_of_it_holds(page, named_platform, phone):
    sign_in_with_browser(page, named_platform, user(named_platform, "anna").email)
    add(page, named_platform, "My telephone")
    page.wait_for_url("**/admin/account?saved=passkey")
    assert "My telephone" in page.inner_text("main")
    remove = page.get_attribute("a[aria-label='Remove the passkey My telephone']", "href")
    sign_out(page, named_platform)
    page.goto(f"{named_platform.url}/admin/sign-in?next=/admin/account&lang=en")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(f"{named_platform.url}/admin/account")
    page.set_viewport_size(PHONE)
    for path in ("/admin/account", "/admin/account/passkeys", remove):
        for language in ("ja", "en"):
            assert look(page, f"{named_platform.url}{path}?lang={language}") == [], path
    sign_out(page, named_platform)
    assert look(page, f"{named_platform.url}/admin/sign-in?lang=ja") == []


def test_a_device_has_one_passkey_of_an_account_and_says_so(page, named_platform, phone):
    sign_in_with_browser(page, named_platform, user(named_platform, "berta").email)
    add(page, named_platform, "First")
    page.wait_for_url("**/admin/account?saved=passkey")
    add(page, named_platform, "Second")
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert "has a passkey for your account already" in page.inner_text("[data-problem]")


def test_a_wrong_password_and_a_device_that_does_not_verify_its_user_are_explained(page, named_platform, phone):
    cdp, device = phone
    sign_in_with_browser(page, named_platform, user(named_platform, "carla").email)
    page.goto(f"{named_platform.url}/admin/account/passkeys?lang=en")
    page.fill("#present", "wrong")
    page.click("main form button")
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert page.inner_text("[data-problem]") == "Your present password does not fit."
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.fill("#present", PASSWORD)
    page.click("main form button")
    page.wait_for_selector("text=The browser has made no passkey")


def test_without_javascript_the_password_is_there_and_no_button_that_does_nothing(browser, named_platform):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in_with_browser(page, named_platform, user(named_platform, "dora").email)
    page.goto(f"{named_platform.url}/admin/account/passkeys?lang=en")
    assert page.is_visible("text=needs a browser with passkeys and JavaScript")
    assert page.is_hidden("main form button")
    page.click("text=Sign out")
    assert page.is_visible("#password")
    assert page.is_hidden("text=Sign in with a passkey")
    context.close()
