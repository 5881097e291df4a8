"""Stored XSS: what people type is text, on every page that shows it."""

import pytest

from consent.admin.rules import ANYBODY, rule_of

SCRIPT = "<script>alert(1)</script>"
QUOTED = "\" autofocus onfocus='alert(1)' x=\""
PLACES = "{{ 7 * 7 }}{name}%s"


# Files, and the frame of the preview: what is in its scripts is no markup (test_policy_preview.py).
NOT_PAGES = {"admin.download_policy_draft", "admin.download_planned_policy", "admin.policy_preview_frame"}


def pages(app, key):
    for rule in app.url_map.iter_rules():
        ours = (
            rule.endpoint.startswith("admin.")
            and rule.endpoint not in NOT_PAGES
            and "GET" in rule.methods
            and rule.arguments <= {"site_key"}
        )
        if ours and rule_of(app.view_functions[rule.endpoint]) is not ANYBODY:
            yield rule.rule.replace("<site_key>", key)


@pytest.mark.parametrize("text", [SCRIPT, QUOTED, PLACES])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_names_and_labels_are_text_on_every_page(app, person, text, language):
    anna = person(creates_sites=True)
    anna.post("/admin/account/profile", {"name": text, "language": language, "time_zone": "UTC"})
    where = anna.post("/admin/sites/new", {"name": text, "origins": "https://shop.example"}).location
    key = where.split("/")[3]
    shown = [anna.post(f"{where}tokens", {"role": "site", "label": text, "days": "30"})]
    shown += [anna.post(f"{where}tokens", {"role": "site", "label": text, "days": "x"})]
    shown += [anna.post(f"{where}people/invitations", {"email": f"{text}@example.com", "role": "editor"})]
    shown += [anna.post(f"{where}people/invitations", {"email": "a@example.com", "role": text, "until": text})]
    shown += [anna.post(f"{where}settings", {"name": text, "origins": text, "cookie_domain": text, "edition": text})]
    shown += [anna.post(f"{where}install", {"origin": text})]
    shown += [anna.post("/admin/sites/new", {"name": text, "origins": "https://x.example", "cookie_domain": text})]
    shown += [anna.get(path) for path in pages(app, key)]
    shown += [anna.get(f"{where}people/{anna.user.id}")]
    for answer in shown:
        assert answer.status_code < 500, answer.request.path
        assert SCRIPT not in answer.text, answer.request.path
        assert "onfocus='alert" not in answer.text, answer.request.path
        assert "49{name}" not in answer.text, answer.request.path
    assert "alert(1)" in shown[0].text or text == PLACES, "it was shown"


@pytest.mark.parametrize("parameter", ["saved", "for", "before", "lang", "next"])
def test_what_stands_in_the_address_is_text_too(app, person, site, parameter):
    owner = person("owner", site, creates_sites=True)
    for path in pages(app, "example"):
        answer = owner.get(path, query_string={parameter: SCRIPT})
        assert answer.status_code in (200, 422)
        assert SCRIPT not in answer.text
