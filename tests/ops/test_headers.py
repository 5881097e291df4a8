"""Every answer, also one that no view has made, carries the security headers."""

import pytest

PATHS = ("/healthz", "/b/example.js", "/api/v1/openapi.json", "/nothing", "/static/pages.css", "/settings/example")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client, site, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    # The settings page's form needs an Origin of its own; other origins still learn nothing.
    assert headers["Referrer-Policy"] == ("same-origin" if path.startswith("/settings/") else "no-referrer")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert len(headers.getlist("Content-Security-Policy")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_may_use_only_its_own_styles_and_forms(client, site):
    policy = client.get("/settings/example").headers["Content-Security-Policy"]
    assert "style-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
