"""Who may open what: every route that there is, asked by everybody, on their own site and on another."""

import re
from datetime import timedelta

import pytest

from consent import clock
from consent.admin.rules import rule_of
from tests.admin.people import Person
from tests.conftest import create_app, settings

# A rule is asked before a view reads anything; who has which role is tested on both databases (tests/accounts).
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ROLES = ("owner", "editor", "auditor")
WHO = ("anonymous", "stranger", "expired auditor", *ROLES)


def routes():
    app = create_app(settings("sqlite:///:memory:", "/tmp"))
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, rule.endpoint


ROUTES = list(routes())
DEEDS = [route for route in ROUTES if route[0] == "POST"]


@pytest.fixture
def everybody(app, site):
    found = {"anonymous": Person(app, "anonymous@example.com")}
    for who in WHO[1:]:
        found[who] = Person(app, f"{who.replace(' ', '-')}@example.com")
        found[who].sign_in()
    for role in ROLES:
        found[role].becomes(role, site)
    over = clock.to_ms(clock.now() - timedelta(minutes=1))
    found["expired auditor"].becomes("auditor", site, expires_ms=over)
    return found


def expected(rule, who, *, own):
    """open, sign in, hidden (404) or refused (403)."""
    if not rule.signed_in:
        return "open"
    if who == "anonymous":
        return "sign in"
    if rule.roles:
        if who not in ROLES or not own:
            return "hidden"
        return "open" if who in rule.roles else "refused"
    return "refused" if rule.may_create_sites else "open"


def outcome(answer):
    if answer.status_code == 303 and answer.location.startswith("/admin/sign-in?next="):
        return "sign in"
    code = re.search(r"<code>(site_unknown|role_missing)</code>", answer.text)
    return {None: "open", "site_unknown": "hidden", "role_missing": "refused"}[code and code[1]]


def test_every_route_of_the_web_ui_states_its_rule(app):
    assert {method for method, _, _ in ROUTES} == {"GET", "POST"}
    without = [endpoint for _, _, endpoint in ROUTES if rule_of(app.view_functions[endpoint]) is None]
    assert without == []


def test_a_route_without_a_rule_is_never_answered(database_url, tmp_path):
    app = create_app(settings(database_url, tmp_path))
    app.view_functions["admin.home"] = lambda: "secret"
    answer = app.test_client().get("/admin/")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def path_of(rule, site_key):
    path = rule.replace("<site_key>", site_key)
    return re.sub(r"<int:[^>]+>", "999999", re.sub(r"<(?!int:)[^>]+>", "0" * 40, path))


def assert_opens_for_those_whom_its_rule_names(app, everybody, sites, method, rule, endpoint):
    stated = rule_of(app.view_functions[endpoint])
    for who in WHO:
        for each in sites if stated.roles else sites[:1]:
            person = everybody[who]
            answer = getattr(person, method.lower())(path_of(rule, each.key))
            wanted = expected(stated, who, own=each is sites[0])
            assert outcome(answer) == wanted, f"{method} {rule}, {who}, {each.key}: {answer.status_code}"
            if endpoint == "admin.sign_out":
                person.sign_in()


@ON_SQLITE
def test_each_page_opens_for_those_whom_its_rule_names_and_for_nobody_else(app, everybody, site, other_site):
    """Looking changes nothing, so one database does for all."""
    looks = [route for route in ROUTES if route[0] == "GET"]
    assert looks
    for route in looks:
        assert_opens_for_those_whom_its_rule_names(app, everybody, (site, other_site), *route)


@ON_SQLITE
@pytest.mark.parametrize("route", DEEDS, ids=[rule for _, rule, _ in DEEDS])
def test_each_deed_is_done_for_those_whom_its_rule_names_and_for_nobody_else(app, everybody, site, other_site, route):
    assert_opens_for_those_whom_its_rule_names(app, everybody, (site, other_site), *route)


@ON_SQLITE
def test_no_form_counts_that_another_site_has_sent(app, everybody, site):
    assert DEEDS
    for _, rule, _ in DEEDS:
        answer = everybody["owner"].post(path_of(rule, site.key), origin="https://evil.example")
        assert answer.status_code == 403, rule
        assert "form_foreign" in answer.text, rule
