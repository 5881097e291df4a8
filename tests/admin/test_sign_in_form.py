"""The form for signing in, as a person uses it."""

import pytest

from tests.admin.people import PASSWORD, new_user


@pytest.fixture
def email(platform):
    with platform.app.app_context():
        return new_user("form@example.com").email


def test_the_form_signs_in_and_shows_the_list_of_sites(page, platform, email):
    page.goto(f"{platform.url}/admin/sign-in?lang=en")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{platform.url}/admin/")
    assert page.get_by_role("heading", name="Sites").is_visible()
