"""The pages for who is not signed in, where mail and single sign-on are set up, in a real browser."""

import shutil
from urllib.parse import urlsplit

import pytest

from tests import identity_provider
from tests.admin.test_appearance import PHONE, look
from tests.platform import Platform

LOCALES = {"ja": "ja-JP", "en": "en-GB"}
NOBODY = {"sub": "new", "email": "somebody.with-a-very-long-name@department.example.co.jp", "email_verified": True}


@pytest.fixture(scope="module")
def provider():
    with identity_provider.running() as provider:
        provider.person = NOBODY
        yield provider


@pytest.fixture(scope="module")
def open_platform(tmp_path_factory, migrated_sqlite, provider):
    folder = tmp_path_factory.mktemp("outside")
    shutil.copy(migrated_sqlite, folder / "consent.sqlite")
    platform = Platform(folder)
    platform.start(
        CONSENT_SMTP_URL="smtp://127.0.0.1:9?tls=off",
        CONSENT_MAIL_FROM="Consent <noreply@example.com>",
        CONSENT_OIDC_ISSUER=provider.issuer,
        CONSENT_OIDC_CLIENT_ID=identity_provider.CLIENT_ID,
        CONSENT_OIDC_CLIENT_SECRET=identity_provider.SECRET,
        CONSENT_OIDC_NAME="Example ID",
    )
    yield platform
    platform.close()


@pytest.fixture(params=LOCALES)
def guest(request, browser):
    """A page of somebody whose browser asks for this language."""
    context = browser.new_context(locale=LOCALES[request.param], viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["sign-in", "forgotten", "forgotten?saved=asked"])
def test_axe_finds_nothing_on_the_pages_for_signing_in_with_every_way(guest, open_platform, path):
    assert look(guest, f"{open_platform.url}/admin/{path}") == []
    assert urlsplit(guest.url).path == f"/admin/{path.partition('?')[0]}"


@pytest.mark.parametrize("vouches", [True, False], ids=["without an account", "without an address"])
def test_axe_finds_nothing_where_nobody_has_an_account(guest, open_platform, provider, vouches):
    provider.person = {**NOBODY, "email_verified": vouches}
    assert look(guest, f"{open_platform.url}/admin/sso") == []
    assert urlsplit(guest.url).path == "/admin/sso/return"
    assert (NOBODY["email"] in guest.content()) is vouches
