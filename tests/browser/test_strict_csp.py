"""Under a strict Content Security Policy everything works with the nonce of the one tag, and breaks no rule of the page."""

import pytest
from playwright.sync_api import expect

NONCE = "r4nd0m"
GATED = """<script type="text/plain" data-category=analytics data-service=ga4>window.ran = 1</script>
<script type="text/plain" data-category=analytics data-service=ga4 data-src="https://vendor.test/a.js"></script>
<template data-category=analytics data-service=ga4><script>window.inTemplate = 1</script></template>"""
GA4 = {"id": "ga4", "preset": "ga4", "parameters": {"measurement_id": "G-ABC1234567"}, "load": "platform"}


def strict(platform, more=""):
    return (
        f"default-src 'none'; script-src 'nonce-{NONCE}' {more}; style-src 'nonce-{NONCE}'; connect-src {platform.url}"
    )


@pytest.fixture
def strict_visit(banner_of, page):
    """Opens a page under the policy and keeps what the browser reports."""
    page.add_init_script(
        "violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
    )

    def go(body="", *, attributes=f"nonce={NONCE}", more="", **policy):
        banner = banner_of(services=[GA4, {"id": "youtube", "preset": "youtube"}], **policy)
        banner.put("/", body, attributes=attributes, Content_Security_Policy=strict(banner.platform, more))
        return banner.open()

    return go


def violations(banner):
    return banner.settle().page.evaluate("violations")


@pytest.mark.parametrize("more", ["", "'strict-dynamic'"])
def test_banner_scripts_and_vendors_run_with_the_nonce_and_without_a_violation(strict_visit, vendors, more):
    banner = strict_visit(GATED, more=more).asks().settings().accept()
    banner.wait_for("window.ran && window.inTemplate && (window.loaded || []).length === 2")
    banner.delivered()
    banner.reopen()
    assert violations(banner) == []
    assert set(vendors.hosts()) == {"vendor.test", "www.googletagmanager.com"}


def test_the_layers_keep_their_styles(strict_visit):
    banner = strict_visit(layout={"first": "bar"}).asks()
    layer = banner.root.get_by_role("dialog")
    assert layer.evaluate("(layer) => getComputedStyle(layer).position") == "fixed"
    expect(banner.reject().button("reopen")).to_have_css("position", "fixed")
    banner.reopen()
    assert violations(banner) == []


def test_without_the_nonce_nothing_runs_and_nothing_is_granted(strict_visit, vendors):
    banner = strict_visit(GATED, attributes="")
    assert banner.page.evaluate("[window.consent, window.ran]") == [None, None]
    assert violations(banner) == ["script-src-elem"]
    assert (vendors, banner.records()) == ([], [])


def test_where_the_platform_may_not_be_connected_to_the_decision_holds_and_waits(strict_visit, shop):
    banner = strict_visit(GATED).asks()
    shop.headers["/"]["Content_Security_Policy"] = f"default-src 'none'; script-src 'nonce-{NONCE}'"
    banner.open().asks().reject().settle()
    assert [each["decision"] for each in banner.outbox()] == ["reject_all"]
    banner.open("/elsewhere").is_silent()
    assert [row["decision"] for row in banner.delivered()] == ["reject_all"]
