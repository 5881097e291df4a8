"""The two registers of the law of Japan in the web UI."""

import csv
import io

import pytest
import yaml

from consent import clock
from consent.db import db, transact
from consent.policies import publish
from consent.policies.document import read
from consent.registers import confirmations, transfers
from tests.people import example_policy
from tests.registering import CONFIRMATION, TRANSFER, days_ago
from tests.visitors.form import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/admin/sites/example/registers"
NEW = {"transfers": f"{PATH}/transfers/new", "confirmations": f"{PATH}/confirmations/new"}


@pytest.fixture
def editor(person, site):
    return person("editor", site)


def kept(register, site):
    with db.engine.connect() as connection:
        return register.of_site(connection, site.id)


def provide(site, **types):
    """Publishes: provide(site, hubspot="foreign_third_party")."""
    policy = yaml.safe_load(example_policy())
    for service in policy["services"]:
        service["provision"] = {"type": types.get(service["id"], "direct_acquisition")}
    source = read(yaml.safe_dump(policy, allow_unicode=True))
    return transact(lambda c: publish.publish(c, site.id, source, now=clock.now(), published_by="tests"))


def test_an_editor_sees_what_is_missing_adds_a_check_and_sees_when_the_next_is_due(editor, site):
    assert "No entry yet" in editor.get(PATH).text
    provide(site, hubspot="foreign_third_party")
    page = editor.get(PATH)
    assert "no entry" in page.text
    form = Page(editor.get(f"{NEW['transfers']}?service=hubspot").text)
    assert [each["value"] for each in form.named("option") if "selected" in each] == ["hubspot", "US"]
    answer = editor.post(NEW["transfers"], {**TRANSFER, "checked_on": days_ago(0)})
    assert answer.status_code == 303
    (made,) = kept(transfers, site)
    page = editor.get(answer.location)
    assert "The entry is in the register." in page.text
    assert made.due_on in page.text
    assert "checked" in page.text
    shown = editor.get(f"{PATH}/transfers/{made.id}").text
    assert TRANSFER["measures"] in shown
    assert "Equivalent system" in shown


def test_what_does_not_fit_is_said_beside_its_field_and_nothing_typed_is_lost(editor, site):
    answer = editor.post(NEW["transfers"], {**TRANSFER, "country": "JP", "checked_by": ""})
    assert answer.status_code == 422
    assert "Japan is not abroad." in answer.text
    assert "Please fill this in." in answer.text
    assert TRANSFER["system"] in answer.text
    assert kept(transfers, site) == []


def test_a_site_without_services_is_led_to_its_policy(person, other_site):
    policy = {**yaml.safe_load(example_policy()), "services": [], "categories": ["necessary"]}
    source = read(yaml.safe_dump(policy, allow_unicode=True))
    transact(lambda c: publish.publish(c, other_site.id, source, now=clock.now(), published_by="tests"))
    page = person("owner", other_site).get("/admin/sites/other/registers/transfers/new").text
    assert "There is no service to write about" in page
    assert 'name="recipient"' not in page


def test_a_new_check_begins_with_the_last_one_but_for_day_and_person(editor, site, add_transfer):
    add_transfer(checked_on=days_ago(360))
    form = editor.get(f"{NEW['transfers']}?service=hubspot").text
    assert TRANSFER["measures"] in form
    assert days_ago(360) not in form
    assert TRANSFER["checked_by"] not in form


def test_a_correction_names_the_old_entry_which_stays(editor, site):
    editor.post(NEW["confirmations"], CONFIRMATION)
    (old,) = kept(confirmations, site)
    form = Page(editor.get(f"{NEW['confirmations']}?corrects={old.id}").text)
    assert form.hidden() == {"corrects": "1"}
    changed = {**CONFIRMATION, "evidence": "2026-03-31付け申告書", "corrects": str(old.id)}
    assert editor.post(NEW["confirmations"], changed).status_code == 303
    assert editor.post(NEW["confirmations"], changed).status_code == 409, "two who correct at the same time"
    new, same = kept(confirmations, site)
    assert (same, new.corrects_id) == (old, old.id)
    assert "has been corrected" in editor.get(f"{PATH}/confirmations/{old.id}").text
    assert "corrects 1" in editor.get(f"{PATH}/confirmations").text


def test_the_page_says_from_when_a_confirmation_may_go(editor, site, add_confirmation):
    going_on = add_confirmation()
    ended = add_confirmation(service_id="hubspot", provided_until="2026-05-01")
    assert "going on" in editor.get(f"{PATH}/confirmations/{going_on.id}").text
    assert "2029-05-01" in editor.get(f"{PATH}/confirmations/{ended.id}").text
    policy = yaml.safe_load(example_policy())
    policy["services"] = [each for each in policy["services"] if each["id"] != "meta_pixel"]
    source = read(yaml.safe_dump(policy, allow_unicode=True))
    transact(lambda c: publish.publish(c, site.id, source, now=clock.now(), published_by="tests"))
    until = confirmations.kept_until(clock.now().date()).isoformat()
    assert until in editor.get(f"{PATH}/confirmations/{going_on.id}").text, "the service is published no longer"


def test_the_site_says_what_is_held_back_and_what_soon_will_be(editor, site, add_transfer):
    overview = "/admin/sites/example/"
    add_transfer(checked_on=days_ago(10))
    assert "held back" not in editor.get(overview).text
    add_transfer(service_id="marketo", checked_on=days_ago(350))
    assert "will run out soon" in editor.get(overview).text
    add_transfer(service_id="ga4", checked_on=days_ago(400))
    page = editor.get(overview).text
    assert "has run out, and they are held back" in page
    add_transfer(service_id="ga4")
    assert "has run out" not in editor.get(overview).text


def test_checking_a_policy_names_what_the_registers_lack(editor, site, add_transfer, add_confirmation):
    provide(site, hubspot="foreign_third_party")
    page = editor.get("/admin/sites/example/policy/check").text
    assert "A recipient abroad is not in the register" in page
    add_transfer(checked_on=days_ago(400))
    page = editor.get("/admin/sites/example/policy/check").text
    assert "A recipient abroad is not in the register" not in page
    assert "has run out, and the service is held back" in page
    add_transfer()
    assert "has run out" not in editor.get("/admin/sites/example/policy/check").text


def test_the_register_is_exported_as_csv_and_starts_no_formula(editor, site, add_transfer):
    add_transfer(measures='=HYPERLINK("https://evil.example")')
    add_transfer(service_id="ga4", measures="a, b\nc")
    answer = editor.get(f"{PATH}/transfers.csv")
    assert answer.mimetype == "text/csv"
    first, second = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert first["measures"] == '\'=HYPERLINK("https://evil.example")'
    assert (second["service_id"], second["measures"]) == ("ga4", "a, b\nc")
    assert len(second["sha256"]) == 64


def test_an_auditor_reads_and_adds_nothing(person, site, add_transfer):
    made, auditor = add_transfer(), person("auditor", site)
    page = auditor.get(PATH).text
    assert "/new" not in page
    assert auditor.get(f"{PATH}/transfers/{made.id}").status_code == 200
    assert auditor.get(f"{PATH}/transfers.csv").status_code == 200
    assert auditor.get(NEW["transfers"]).status_code == 403
    assert auditor.post(NEW["transfers"], TRANSFER).status_code == 403
    assert kept(transfers, site) == [made]


def test_entries_of_another_site_and_registers_that_do_not_exist_are_not_there(person, site, other_site, add_transfer):
    made, owner = add_transfer(), person("owner", other_site)
    assert owner.get(f"/admin/sites/other/registers/transfers/{made.id}").status_code == 404
    assert (
        owner.post("/admin/sites/other/registers/transfers/new", {**TRANSFER, "corrects": made.id}).status_code == 404
    )
    assert kept(transfers, other_site) == []
    for path in ("secrets/1", "secrets.csv", "secrets/new"):
        assert owner.get(f"/admin/sites/other/registers/{path}").status_code == 404


def test_markup_in_an_entry_stays_text(editor, site):
    evil = "<script>alert(1)</script>"
    answer = editor.post(
        NEW["transfers"],
        {
            **TRANSFER,
            "recipient": evil,
            "system": evil,
            "measures": evil,
            "checked_by": evil,
            "checked_on": days_ago(0),
        },
    )
    assert answer.status_code == 303
    for path in (PATH, f"{PATH}/transfers/1", NEW["transfers"] + "?service=hubspot", "/admin/sites/example/deeds"):
        assert evil not in editor.get(path).text
    public = editor.client.get("/statements/example/recipients").text
    assert "&lt;script&gt;" in public
    assert evil not in public
