"""The forms of the policy: what each writes into the file, and what it leaves alone."""

import html
import re

import pytest
import yaml

from consent import clock, db
from consent.policies import publish
from tests.admin.test_policy import POLICY, edition, send
from tests.policies.policy import source

RULES = {"lifetime_days": "90", "cookie": "consent", "mode": "basic", "wait_for_update": "500", "law": "jp"}
WHO = {
    "controller.name.ja": "同じ",
    "controller.name.en": "同じ",
    "privacy_policy.url.ja": "https://www.example.com/p",
    "privacy_policy.url.en": "https://www.example.com/en/p",
    "privacy_policy.version": "1",
}


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def editor(person, site):
    return person("editor", site)


def draft(editor):
    return yaml.safe_load(editor.get(f"{POLICY}/draft.yaml").text)


def saved(editor, path, data, *, of=None):
    answer = send(editor, path, data, of=of)
    assert answer.status_code == 303, answer.text
    return draft(editor)


def write(editor, change):
    """Changes the file itself."""
    policy = draft(editor)
    change(policy)
    return saved(editor, "/source", {"source": yaml.safe_dump(policy, allow_unicode=True)})


def test_who_asks(editor):
    found = saved(
        editor,
        "/basics",
        {**WHO, "controller.country": "jp", "controller.address.ja": "一\r\n二", "controller.address.en": "One"},
    )["controller"]
    assert found["name"] == "同じ", "one string where it is the same in every language"
    assert found["country"] == "JP"
    assert found["address"] == {"ja": "一\n二", "en": "One"}


def test_a_language_that_the_form_does_not_show_keeps_its_text(editor):
    write(editor, lambda policy: policy.update(languages=["ja", "en", "de"]))
    write(editor, lambda policy: policy["controller"].update(name={"ja": "甲", "en": "A", "de": "B"}))
    found = saved(editor, "/basics", {**WHO, "controller.name.ja": "乙", "controller.name.en": "C"})
    assert found["controller"]["name"] == {"ja": "乙", "en": "C", "de": "B"}


def test_what_is_kept_with_a_record_and_how_googles_tags_load(editor):
    found = saved(editor, "/consent", {**RULES, "showings": "on", "browser": "on", "url_passthrough": "on"})
    assert found["recording"] == {"ip_prefix": False, "browser": True, "showings": True}
    assert found["consent_mode"]["url_passthrough"] is True
    found = saved(editor, "/consent", RULES)
    assert found["recording"] == {"ip_prefix": False, "browser": False, "showings": False}


def colours(page):
    return dict(re.findall(r'name="((?:light|dark)\.\w+)" type="text" value="([^"]*)"', page))


def test_layout_and_colours(editor):
    given = colours(editor.get(f"{POLICY}/look").text)
    form = {"place": "bar/top", "reopen": "link", "buttons": "accept reject settings", "radius": "4"}
    found = saved(editor, "/look", {**given, **form, "light.muted": "#777777"})
    assert found["layout"]["position"] == "top"
    assert found["theme"]["radius"] == 4
    assert found["theme"]["light"]["muted"] == "#777777"
    page = editor.get(f"{POLICY}/look").text
    assert '<option value="bar/top" selected>' in page
    assert "4.47 : 1" in page, "rounded down: 4.478 is too little, and must not look like 4.48"
    assert "too low" in page


def test_texts_of_a_category_and_of_the_banner(editor):
    typed = {"category.analytics.name.ja": "分析", "text.title.ja": "題\r\n二行目"}
    found = saved(editor, "/texts", typed)
    assert {"id": "analytics", "name": {"ja": "分析"}} in found["categories"]
    assert found["texts"] == {"ja": {"title": "題\n二行目"}}


def test_languages_come_go_and_change_places(editor):
    before = draft(editor)["languages"]
    assert saved(editor, "/languages", {"add": "DE"}, of="/texts")["languages"] == [*before, "de"]
    assert saved(editor, "/languages", {"first": "de"}, of="/texts")["languages"][0] == "de"
    page = editor.get(f"{POLICY}/texts?left=ja&right=en").text
    assert re.search(r'name="text\.title\.ja".*name="text\.title\.en"', page, re.S)
    assert "text.title.de" not in page
    assert "de" not in saved(editor, "/languages", {"remove": "de"}, of="/texts")["languages"]


def service_form(editor, name="ga4"):
    page = html.unescape(editor.get(f"{POLICY}/services/{name}").text)
    ticked = re.findall(r'name="sends" value="([^"]+)" checked', page)
    parameters = dict(re.findall(r'name="(parameter\.\w+)" type="text" value="([^"]*)"', page))
    return {"sends": ticked, "load": "page", "preset": name, **parameters}


def ga4(policy):
    return next(each for each in policy["services"] if each["id"] == "ga4")


def test_what_is_sent_is_left_to_the_catalogue_until_somebody_says_otherwise(editor):
    form = service_form(editor)
    assert "sends" not in ga4(saved(editor, "/services/ga4", form))
    fewer = {**form, "sends": form["sends"][1:]}
    assert ga4(saved(editor, "/services/ga4", fewer))["sends"] == form["sends"][1:]


def test_texts_of_ones_own_among_what_is_sent_stay(editor):
    own = {"ja": "会話", "en": "A talk"}
    write(editor, lambda policy: ga4(policy).update(sends=["ip", own]))
    found = ga4(saved(editor, "/services/ga4", {**service_form(editor), "sends": ["page_url"]}))
    assert found["sends"] == ["page_url", own]


def test_acquiring_as_personal_data_is_said_and_taken_back(editor):
    form = service_form(editor)
    found = ga4(saved(editor, "/services/ga4", {**form, "acquires": "on", "acquired": ["ip"]}))
    assert found["acquires_as_personal_data"]["items"] == ["ip"]
    assert "acquires_as_personal_data" not in ga4(saved(editor, "/services/ga4", {**form, "acquired": ["ip"]}))


def test_a_vendor_of_ones_own(editor):
    typed = {"id": "ACME", "vendor_name.ja": "アクメ", "vendor_name.en": "Acme", "country": "jp", "policy_url": ""}
    (found,) = (each for each in saved(editor, "/vendors", typed, of="/services")["vendors"] if each["id"] == "acme")
    assert (found["name"], found["country"]) == ({"ja": "アクメ", "en": "Acme"}, "JP")


def test_services_whose_category_the_policy_lacks_are_shown_apart(editor):
    assert "Without a category of this policy" not in editor.get(f"{POLICY}/services").text
    write(editor, lambda policy: policy.update(categories=["necessary"]))
    assert "Without a category of this policy" in editor.get(f"{POLICY}/services").text


def test_the_catalogue_is_searched_whatever_the_case(editor):
    page = editor.get(f"{POLICY}/catalogue?q=GOOGLE+ANALYTICS").text
    assert "Google Analytics 4" in page
    assert "YouTube" not in page
    assert "Nothing in the catalogue fits" in editor.get(f"{POLICY}/catalogue?q=zzzz").text


def test_the_catalogue_says_how_sure_it_is_of_a_service_before_and_after_it_is_chosen(editor):
    """Adobe's cookies are verified; what its library sends is from memory, and no card may say "verified" for both."""
    for address in (f"{POLICY}/catalogue?q=Web+SDK", f"{POLICY}/services/ga4"):
        page = editor.get(address).text
        assert re.search(r"\b[0-9] of 7 facts verified", page), address
        assert "What is sent: not verified" in page
        assert "Company: not verified" in page
    assert "Cookies and storage: verified<" in editor.get(f"{POLICY}/catalogue?q=Web+SDK").text


def test_the_file_keeps_the_lines_of_its_own_and_says_what_is_wrong(editor):
    text = editor.get(f"{POLICY}/draft.yaml").text
    send(editor, "/source", {"source": text.replace("\n", "\r\n")})
    assert "\r" not in editor.get(f"{POLICY}/draft.yaml").text
    broken = editor.post(f"{POLICY}/source/check", {"edition": "0", "source": "schema: 1\nnonsense: 2\n"}).text
    assert "nonsense" in broken
    assert "key_unknown" in broken or "does not know" in broken or "unknown" in broken


def test_uploading_no_file_leaves_the_editor_as_it_is(editor):
    answer = editor.post(f"{POLICY}/source/upload", {"edition": "0"}).text
    assert "lifetime_days" in answer
    assert "The file is in the editor" not in answer


def test_differences_that_people_read_come_before_the_technical_ones(editor):
    write(editor, lambda policy: policy["services"].append({"id": "yt", "preset": "youtube"}))
    form = service_form(editor)
    saved(
        editor,
        "/services/ga4",
        {**form, "parameter.measurement_id": "G-NEWNEW1234", "name.ja": "計測", "load": "platform"},
    )
    page = editor.get(f"{POLICY}/check").text
    assert 0 < page.index("Differences that people read") < page.index("Technical differences")


def test_the_preview_shows_the_colours_of_the_scheme_that_was_asked_for(editor):
    light, dark = ("#16191d" in editor.get(f"{POLICY}/preview/frame?scheme={each}").text for each in ("light", "dark"))
    assert (light, dark) == (False, True)


@ON_SQLITE
def test_the_preview_has_the_laws_of_the_site_and_says_what_runs_before_an_answer(editor):
    page = editor.get(f"{POLICY}/preview?law=us-ca").text
    assert 'name="law"' not in page, "of one law there is nothing to choose"
    assert "Nothing optional is loaded before an answer" in page
    saved(editor, "/consent", {**RULES, "law": ["jp", "us-ca"]})
    page = editor.get(f"{POLICY}/preview?law=us-ca").text
    assert '<option value="us-ca" selected>California (CCPA/CPRA)</option>' in page
    assert "Region unknown (the strictest)" in page
    assert "Loaded before an answer: Google Analytics 4" in page
    signalled = editor.get(f"{POLICY}/preview?law=us-ca&signal=on").text
    assert "Loaded before an answer: YouTube." in signalled
    for query in ("law=strictest", "law=jp", "law=eu", "law=%3Cb%3E"):
        assert "Nothing optional is loaded" in editor.get(f"{POLICY}/preview?{query}").text, query


@ON_SQLITE
def test_the_preview_of_the_only_law_shows_what_that_law_lets_run(editor):
    saved(editor, "/consent", {**RULES, "law": ["us-ca"]})
    write(editor, lambda policy: policy["services"].append({"id": "gsc", "preset": "google_search_console"}))
    page = editor.get(f"{POLICY}/preview").text
    assert "Loaded before an answer: Google Analytics 4" in page
    assert "Search Console" not in page, "it has no tag that could load"
    assert "us-ca" in editor.get(f"{POLICY}/preview/frame").text


def test_a_draft_that_was_begun_before_somebody_else_published_says_so(editor, person, site):
    saved(editor, "/consent", RULES)
    db.transact(lambda c: publish.publish(c, site.id, source(), clock.now(), published_by="cli"))
    assert "Something else was published since this draft was begun" in editor.get(f"{POLICY}/check").text
    assert edition(editor.get(f"{POLICY}/check").text) == "1"


def test_the_overview_counts_warnings(editor):
    saved(editor, "/consent", {**RULES, "mode": "advanced"})
    assert re.search(r"Warnings: [1-9]", editor.get(POLICY).text)


def test_the_laws_of_a_site_are_chosen_by_their_names(editor, site):
    page = editor.get(f"/admin/sites/{site.key}/policy/consent").text
    assert "Japan (APPI)" in page
    assert "California (CCPA/CPRA)" in page
    found = saved(editor, "/consent", {**RULES, "law": ["jp", "us-ca"], "law_default": "jp"})
    assert found["law"] == {"packs": ["jp", "us-ca"], "default": "jp"}
    assert saved(editor, "/consent", RULES).get("law", {}).get("packs", ["jp"]) == ["jp"]


def test_a_site_without_any_law_is_not_saved(editor):
    assert send(editor, "/consent", {**RULES, "law": []}).status_code == 422
    assert draft(editor).get("law", {"packs": ["jp"]})["packs"] == ["jp"]
