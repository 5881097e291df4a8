"""The web UI in a real browser: axe finds nothing on any page, nothing is wider than a phone, no policy is violated."""

from datetime import timedelta

import pytest
import yaml
from sqlalchemy import insert, select, update

from consent import clock, jobs, sites
from consent.accounts import links, membership, roles, tokens, users
from consent.accounts.models import sso_identity_table
from consent.admin.rules import ANYBODY, rule_of
from consent.audit.bundle import jobs as bundle_jobs
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.banner.snippets import VARIANTS
from consent.db import db, transact
from consent.policies import asking, drafts, planning, review, writing
from consent.policies.document import read
from consent.records.models import record_table
from consent.retention.jobs import KIND as RETENTION
from consent.sites import stopping
from consent.sites.settings import require_review
from tests.admin.people import new_user, sign_in_with_browser
from tests.audit.conftest import EVER
from tests.axe import ALL_BUT_COLOURS, COLOURS, EVERYTHING, found_by_axe
from tests.browser.screens import ROOT
from tests.disclosure.conftest import JOINT_USE
from tests.people import Visitor, example_policy
from tests.settled import settle

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# One redirects, two are files, and one is the frame inside a page.
NOT_PAGES = {
    "admin.follow_link",
    "admin.download_policy_draft",
    "admin.download_planned_policy",
    "admin.policy_preview_frame",
}


def pages(app):
    """Every page that an owner can open and that needs nothing else in its address than the site."""
    for rule in app.url_map.iter_rules():
        ours = rule.endpoint.startswith("admin.") and rule.endpoint not in NOT_PAGES and "GET" in rule.methods
        if ours and rule.arguments <= {"site_key"} and rule_of(app.view_functions[rule.endpoint]) is not ANYBODY:
            yield rule.rule


@pytest.fixture(scope="module")
def site_key(platform):
    return platform.make_site(["https://looked-at.example"])


@pytest.fixture(scope="module")
def owner(platform, site_key):
    """Of a site where something is published, and linked with single sign-on."""
    with platform.app.app_context():
        made = new_user(f"{site_key}@looked-at.example", owns=site_key, creates_sites=True)
        link = {"issuer": "https://login.example.co.jp", "subject": site_key, "user_id": made.id, "created_ms": 1}
        transact(lambda connection: connection.execute(insert(sso_identity_table).values(link)))
        return made


@pytest.fixture
def signed_in(page, platform, owner):
    return sign_in_with_browser(page, platform, owner.email)


def look(page, url, *sizes, colours=True):
    """What axe finds in both colour schemes, what is too wide, what the content security policy refused.

    `sizes`: those of the window, one after the other; by default the one it has. `colours`: they come from styles that no
    language changes, so the pages that are looked at in two have them looked at in one.
    """
    refused = []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    sizes = sizes or (page.viewport_size,)
    page.set_viewport_size(sizes[0])
    page.emulate_media(
        color_scheme="light", reduced_motion="reduce"
    )  # or each change of scheme takes a third of a second
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    wrong = [found for size in sizes for found in look_in_window(page, size, colours=colours)]
    return wrong + refused


def look_in_window(page, size, *, colours):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    wrong = [f"light: {found}" for found in found_by_axe(page, EVERYTHING if colours else ALL_BUT_COLOURS, at_least=6)]
    if colours:
        page.emulate_media(color_scheme="dark")
        wrong += [f"dark: {found}" for found in found_by_axe(page, COLOURS, at_least=1)]
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        wrong.append("wider than the window")
    return [f"{size['width']} pixels, {each}" for each in wrong]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_on_the_pages_for_signing_in(page, platform, language):
    page.set_viewport_size(PHONE)
    assert look(page, f"{platform.url}/admin/sign-in?lang={language}") == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_on_the_page_of_an_invitation(page, platform, owner, language):
    with platform.app.app_context():
        token = transact(lambda c: links.create(c, purpose="invitation", email="new@example.com", now=clock.now()))
    page.set_viewport_size(PHONE)
    page.goto(f"{platform.url}/admin/links/{token}")
    assert look(page, f"{platform.url}/admin/arrive?lang={language}") == []


PARTS = 4  # of all pages: none outlasts the time limit on a slow machine, and another core can take some


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page_for_owners(signed_in, platform, site_key, part, language):
    paths = sorted(rule.replace("<site_key>", site_key) for rule in pages(platform.app))
    assert "/admin/account" in paths
    wrong = {
        path: look(signed_in, f"{platform.url}{path}?lang={language}", PHONE, DESKTOP, colours=language == "ja")
        for path in paths[part::PARTS]
    }
    assert {path: found for path, found in wrong.items() if found} == {}


OUT_OF_SIGHT = """() => [...document.querySelectorAll(".site-nav [aria-current]")]
  .filter((one) => one.getBoundingClientRect().left < 0 || one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.textContent)"""


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", ["settings", "policy/preview", "policy/check", "registers/confirmations"])
def test_on_a_phone_each_row_of_pages_shows_the_page_that_is_open(signed_in, platform, site_key, path, language):
    signed_in.set_viewport_size(PHONE)
    signed_in.goto(f"{platform.url}/admin/sites/{site_key}/{path}?lang={language}")
    assert signed_in.locator(".site-nav [aria-current]").count() == (1 if path == "settings" else 2)
    assert signed_in.evaluate(OUT_OF_SIGHT) == []


OUT_OF_WINDOW = """() => [...document.querySelectorAll("main button, main select")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML)"""


@pytest.mark.parametrize("language", ["ja", "en"])
def test_on_a_phone_the_texts_of_ten_languages_have_their_buttons_in_the_window(page, platform, language):
    key = platform.make_site(["https://ten.example"], **yaml.safe_load((ROOT / "demo/policy.yaml").read_text("utf-8")))
    with platform.app.app_context():
        email = new_user(f"{key}@ten.example", owns=key).email
    sign_in_with_browser(page, platform, email).set_viewport_size(PHONE)
    page.goto(f"{platform.url}/admin/sites/{key}/policy/texts?lang={language}")
    assert page.locator("main select >> nth=0").locator("option").count() == 10
    assert page.evaluate(OUT_OF_WINDOW) == []


@pytest.fixture(scope="module")
def busy_site(platform, owner):
    """With people, invitations and tokens of every kind. Returns the paths that need more in their address."""
    with platform.app.app_context():
        origins, now = ["https://one.example", "https://two.example"], clock.now()
        key = platform.make_site(origins, joint_use=[JOINT_USE])
        other = new_user(f"{key}@looked-at.example")

        def unit(connection):
            site_id = sites.find(connection, key).id
            for user, role, days in ((owner, "owner", None), (other, "auditor", 30)):
                until = None if days is None else clock.to_ms(now + timedelta(days=days))
                roles.grant(connection, user_id=user.id, site_id=site_id, role=role, now=now, expires_ms=until)
            for email in ("a@looked-at.example", "b@looked-at.example"):
                membership.invite(
                    connection, owner, site_id=site_id, email=email, role="editor", expires_ms=None, now=now
                )
            for label in ("One", "Two"):
                tokens.create(connection, role="site", site_id=site_id, label=label, days=30, now=now)
            tokens.revoke(connection, 1, now)

        transact(unit)
    base = f"/admin/sites/{key}"
    return [
        *(f"{base}/{page}?" for page in ("people", "tokens", "deeds", f"people/{other.id}")),
        *(f"{base}/install?for={variant}&" for variant in VARIANTS),
        *(f"{base}/policy/{page}" for page in ("joint-use?", "joint-use/group?")),
    ]


def test_axe_finds_nothing_on_the_pages_of_a_site_with_much_on_them(signed_in, platform, busy_site):
    wrong = {path: look(signed_in, f"{platform.url}{path}lang=ja", PHONE, DESKTOP) for path in busy_site}
    assert {path: found for path, found in wrong.items() if found} == {}


def visitor_of(site):
    with db.engine.connect() as connection:
        of_site = record_table.c.site_id == site.id
        return connection.execute(select(record_table.c.visitor_id).where(of_site).limit(1)).scalar_one()


def give_up(connection, job):
    """As after the last attempt."""
    ended = {"state": "failed", "error_code": "job_failed", "error": "It failed.", "finished_ms": 1}
    connection.execute(update(jobs.job_table).where(jobs.job_table.c.id == job.id).values(ended))


@pytest.fixture(scope="module")
def evidence(platform, owner):
    """Paths of a site with records under a checkpoint, and with a bundle."""
    key = platform.make_site(["https://www.example.com"])
    with platform.app.app_context():
        with db.engine.connect() as connection:
            site = sites.find(connection, key)
        transact(lambda c: roles.grant(c, user_id=owner.id, site_id=site.id, role="owner", now=clock.now()))
        visitor = Visitor(platform.app.test_client(), site)
        made = [visitor.decide(decision).json["record_id"] for decision in ("accept_all", "reject_all", "withdraw")]
        settle()
        ever = {"since": EVER[0], "until": EVER[1], "mode": "full", "reason": "audit"}
        with db.engine.connect() as connection:
            (found,) = ranges.covering(connection, site.id, *EVER)
        plan = plans.of_range(found, site_key=key, by=owner.email, **ever)
        job, failed = (transact(lambda c: bundle_jobs.ask(c, plan, clock.now())) for _ in range(2))
        transact(lambda c: give_up(c, failed))
        transact(
            lambda c: give_up(c, jobs.enqueue(c, RETENTION, key=key, site_id=site.id, arguments={}, now=clock.now()))
        )
        who = visitor_of(site)
    base = f"/admin/sites/{key}/evidence"
    drawn = "first=2020-01-01&last=2090-01-01&size=3&seed=a&tree=4"
    return [
        *(f"{base}{path}?" for path in ("", f"/{made[1]}", "/export")),
        *(f"{base}/export/bundles/{each.id}?" for each in (job, failed)),
        f"/admin/sites/{key}/retention?",
        f"{base}/erase?visitor={who}&",
        *(f"{base}?decision=gpc&", f"{base}?first=soon&", f"{base}/sample?{drawn}&"),
    ]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_on_the_pages_of_evidence(signed_in, platform, evidence, language):
    wrong = {
        path: look(signed_in, f"{platform.url}{path}lang={language}", PHONE, DESKTOP, colours=language == "ja")
        for path in evidence
    }
    assert {path: found for path, found in wrong.items() if found} == {}


PAPER = {"width": 680, "height": 1000}  # A4 between margins of 15 mm
# Tables may scroll on a screen; paper cuts them off.
CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth).map((each) => each.outerHTML)"""


def test_evidence_is_whole_on_paper_and_says_of_whom_when_and_for_what_filters(signed_in, platform, evidence, owner):
    signed_in.set_viewport_size(PAPER)
    signed_in.emulate_media(media="print")
    for path in evidence:
        signed_in.goto(f"{platform.url}{path}lang=en")
        line = signed_in.locator(".printed").inner_text()
        for said in ("Printed ", "(Asia/Tokyo)", owner.name, path.rstrip("?&")):
            assert said in line
        assert signed_in.evaluate(CUT_OFF) == [], path
        assert not signed_in.locator("form >> visible=true").count()


def change(platform, key, action):
    """In the database: action(connection, site, now)."""
    with platform.app.app_context():
        return transact(lambda connection: action(connection, sites.find(connection, key), clock.now()))


@pytest.fixture
def reviewed(platform, owner):
    """A site that asks for a review, with a draft of somebody else's. Returns what takes it a step further."""
    key = platform.make_site(["https://reviewed.example"])
    with platform.app.app_context():
        other = users_named("mika@looked-at.example")

    def prepare(connection, site, now):
        roles.grant(connection, user_id=owner.id, site_id=site.id, role="owner", now=now)
        require_review(connection, site.id, needed=True)
        text = writing.text(read(example_policy().replace(b"G-ABC1234567", b"G-NEW1234567")))
        drafts.save(connection, site.id, text, edition=0, user_id=other.id, now=now)

    def ask(connection, site, now):
        asking.ask_about_draft(connection, site.id, edition=1, user_id=other.id, now=now)

    def send_back(connection, site, now):
        open_one = review.newest(connection, site.id).id
        comment = "第2条の文面を直してください。\nhttps://www.example.com/a/very/long/address/without/any/space"
        review.answer(connection, site.id, open_one, approves=False, comment=comment, user_id=owner.id, now=now)
        ask(connection, site, now)

    def plan(connection, site, now):
        open_one = review.newest(connection, site.id).id
        review.answer(connection, site.id, open_one, approves=True, comment="", user_id=owner.id, now=now)
        due = now + timedelta(days=1)
        planning.plan(connection, site.id, edition=1, due=due, user_id=owner.id, now=now)

    def stop(connection, site, now):
        stopping.stop(connection, site, typed=site.name, now=now)

    return key, (prepare, ask, send_back, plan, stop)


def users_named(email):
    with db.engine.connect() as connection:
        try:
            return users.by_email(connection, email)
        except users.UserUnknown:
            pass
    return new_user(email)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_on_any_step_of_a_review_a_plan_and_a_stop(signed_in, platform, reviewed, language):
    key, steps = reviewed
    signed_in.set_viewport_size(PHONE)
    for step in steps:
        change(platform, key, step)
        for path in ("policy", "policy/check", "settings", "deeds"):
            url = f"{platform.url}/admin/sites/{key}/{path}?lang={language}"
            found = look(signed_in, url, colours=language == "ja")
            assert found == [], f"{step.__name__}: {path}"


def test_axe_finds_nothing_where_something_is_refused(signed_in, platform):
    signed_in.set_viewport_size(PHONE)
    assert look(signed_in, f"{platform.url}/admin/sites/nobody/") == []
