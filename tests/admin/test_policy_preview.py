"""The preview shows the real banner of the draft, and asks and tells nobody anything."""

import pytest

from tests.admin.people import new_user, sign_in_with_browser


@pytest.fixture(scope="module")
def site_key(platform):
    return platform.make_site(["https://previewed.example"])


@pytest.fixture(scope="module")
def account(platform, site_key):
    with platform.app.app_context():
        return new_user(f"{site_key}@example.com", owns=site_key)


@pytest.fixture
def editor(page, platform, account):
    return sign_in_with_browser(page, platform, account.email)


@pytest.mark.parametrize(
    ("query", "action"),
    [
        ("language=ja&layer=1", "accept-all"),
        ("language=en&layer=1", "reject-all"),
        ("language=ja&layer=2&scheme=dark", "save"),
    ],
)
def test_each_layer_in_each_language_is_there_and_nothing_is_sent(editor, platform, site_key, query, action):
    sent = []
    editor.on("request", lambda request: sent.append(request.url))
    editor.goto(f"{platform.url}/admin/sites/{site_key}/policy/preview?{query}")
    frame = editor.frame_locator("iframe.preview")
    frame.locator(f"[data-consent-action={action}]").last.wait_for()
    frame.locator("[data-consent-action=reject-all]").last.evaluate("(button) => button.click()")
    editor.wait_for_timeout(500)
    reached = [url for url in sent if "/static/" not in url and not url.startswith("data:")]
    assert [url.partition("?")[0].rpartition("/policy/")[2] for url in reached] == ["preview", "preview/frame"]
    assert platform.records(site_key) == []


def test_consent_in_the_preview_loads_no_tag(editor, platform, site_key):
    """A nonce in the policy would let them in: the script gives it on to what it loads."""
    sent, stopped = [], []
    editor.on("request", lambda request: sent.append(request))
    editor.on("requestfailed", lambda request: stopped.append(request if request.failure == "csp" else None))
    editor.goto(f"{platform.url}/admin/sites/{site_key}/policy/preview?language=ja&layer=1")
    accept = editor.frame_locator("iframe.preview").locator("[data-consent-action=accept-all]")
    accept.evaluate("(button) => button.click()")
    editor.wait_for_timeout(500)
    tags = [each.url for each in sent if not each.url.startswith((platform.url, "data:"))]
    assert tags
    assert [each.url for each in sent if each not in stopped and each.url in tags] == []


def test_the_frame_has_no_origin_and_nobody_elses_page_may_hold_it(editor, platform, site_key):
    answer = editor.request.get(f"{platform.url}/admin/sites/{site_key}/policy/preview/frame")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


@pytest.fixture(scope="module")
def of_two_laws(platform):
    """A site with visitors under two laws, one of which lets tags run until they refuse."""
    with platform.app.app_context():
        key = platform.make_site(["https://two.example"], law={"packs": ["jp", "us-ca"]})
        return key, new_user(f"{key}@example.com", owns=key).email


@pytest.mark.parametrize(
    ("query", "said", "noted"),
    [
        ("law=jp&signal=off", "asks for your consent", False),
        ("law=us-ca&signal=off", "stops this at any time", False),
        ("law=us-ca&signal=on", "stops this at any time", True),
        ("law=strictest&signal=on", "asks for your consent", True),
    ],
)
def test_the_banner_is_that_of_the_law_and_the_signal_and_nothing_is_sent(
    page, platform, of_two_laws, query, said, noted
):
    key, email = of_two_laws
    editor, sent, stopped = sign_in_with_browser(page, platform, email), [], []
    editor.on("request", lambda request: sent.append(request))
    editor.on("requestfailed", lambda request: stopped.append(request if request.failure == "csp" else None))
    editor.goto(f"{platform.url}/admin/sites/{key}/policy/preview?language=en&{query}")
    banner = editor.frame_locator("iframe.preview").get_by_role("dialog")
    banner.get_by_text(said).wait_for()
    assert banner.get_by_text("(GPC) is honoured").count() == noted
    elsewhere = [
        each for each in sent if not each.url.startswith((f"{platform.url}/admin/", f"{platform.url}/static/"))
    ]
    assert [each.url for each in elsewhere if each not in stopped and not each.url.startswith("data:")] == []
    assert platform.records(key) == []


HOSTILE = "<img src=x onerror=alert(1)>\"'</script>"


def test_every_text_is_text_in_the_banner_too(editor, platform, site_key):
    """In the real browser: as a text the words are there, as markup nothing of them is."""
    editor.goto(f"{platform.url}/admin/sites/{site_key}/policy/texts")
    for key in ("body", "accept", "settings_title"):
        for language in ("ja", "en"):
            field = editor.locator(f"[name='text.{key}.{language}']")
            field.evaluate("(node, text) => { node.closest('details').open = true; node.value = text; }", HOSTILE)
    editor.locator("main form[action*='/policy/texts'] button.btn-primary").click()
    editor.get_by_text("Saved in the draft.").wait_for()
    for layer in ("1", "2"):
        editor.goto(f"{platform.url}/admin/sites/{site_key}/policy/preview?language=en&layer={layer}")
        frame = editor.frame_locator("iframe.preview")
        frame.get_by_text("<img src=x", exact=False).first.wait_for()
        assert frame.locator("#consent-root img, #consent-root script").count() == 0
