"""Finding services on a page: pasted or fetched, what was found with its parameters, the chosen ones into the draft."""

import html
import re

import pytest

from consent import db
from consent.policies import drafts
from tests.admin.test_install import at_home, made_by  # noqa: F401
from tests.catalogue.test_propose import page
from tests.sites.test_fetching import running

PATH = "/admin/sites/example/policy/propose"
HOSTILE = "</textarea><script>alert(1)</script>"


@pytest.fixture
def editor(person, site):
    return person("editor", site)


def draft(site):
    with db.db.engine.connect() as connection:
        return drafts.look(connection, site.id, otherwise={})


def hidden(text, name):
    return html.unescape(re.search(rf'name="{re.escape(name)}" value="([^"]*)"', text)[1])


def ticked(text):
    return [number for number, on in re.findall(r'name="chosen" value="(\d+)"( checked)?', text) if on]


def form_of(text):
    """What a browser would send of the list as it stands."""
    fields = dict(re.findall(r'name="(\d+\.(?:preset|load|parameter\.\w+))" value="([^"]*)"', text))
    return {**fields, "chosen": ticked(text), "edition": hidden(text, "edition")}


def test_services_of_a_pasted_page_go_into_the_draft_with_their_parameters(editor, site):
    found = editor.post(PATH, {"html": page("japanese_corporate")})
    assert found.status_code == 200
    assert "Services found: 4" in found.text
    assert found.text.count("What is sent: not verified") == 4
    added = editor.post(f"{PATH}/add", form_of(found.text))
    assert added.status_code == 303, added.text
    services = {each["id"]: each for each in draft(site).policy["services"]}
    assert services["satori"]["parameters"] == {"tracking_code": "0a1b2c3d4e5f"}
    assert services["line_tag"]["preset"] == "line_tag"
    assert services["ga4-2"]["parameters"] == {"measurement_id": "G-MIHON00001"}  # the sample policy has another


def test_what_is_in_the_draft_already_is_said_and_not_ticked(editor, site):
    text = editor.post(PATH, {"html": page("japanese_corporate")}).text
    editor.post(f"{PATH}/add", form_of(text))
    again = editor.post(PATH, {"html": page("japanese_corporate")}).text
    assert again.count("in the draft already") == 4
    assert ticked(again) == []


def test_what_the_page_holds_back_is_left_to_the_page(editor, site):
    text = editor.post(PATH, {"html": page("gated")}).text
    assert "The page holds it back already" in text
    editor.post(f"{PATH}/add", form_of(text))
    added = {each["id"]: each["load"] for each in draft(site).policy["services"]}
    assert (added["ga4-2"], added["vimeo"], added["google_maps"]) == ("page", "page", None)


def test_only_what_a_preset_asks_for_is_taken_over(editor, site):
    text = editor.get(PATH).text
    form = {
        "edition": 0,
        "chosen": ["0", "1"],
        "0.preset": "ptengine",
        "0.parameter.site_id": "39aaaaaa",
        "0.parameter.evil": "x",
        "0.category": "necessary",
        "0.load": "always",
        "1.preset": "kairos3",
    }
    assert editor.post(f"{PATH}/add", form).status_code == 303, text
    added = {each["id"]: each for each in draft(site).policy["services"]}
    assert added["ptengine"]["parameters"] == {"site_id": "39aaaaaa"}
    assert (added["ptengine"]["category"], added["ptengine"]["load"]) == (None, None)
    assert "kairos3" in added


def test_an_unknown_preset_is_no_service(editor, site):
    answer = editor.post(f"{PATH}/add", {"edition": 0, "chosen": ["0"], "0.preset": "nothing"})
    assert (answer.status_code, "policy_part_unknown" in answer.text) == (404, True)


def test_whoever_adds_second_loses_nothing(editor, person, site):
    text = editor.post(PATH, {"html": page("gtm_only")}).text
    other = person("owner", site)
    other.post(f"{PATH}/add", form_of(other.post(PATH, {"html": page("commented_out")}).text))
    conflict = editor.post(f"{PATH}/add", form_of(text))
    assert conflict.status_code == 409
    assert "GTM-ONLY001" in conflict.text
    assert "fathom" in {each["id"] for each in draft(site).policy["services"]}


def test_nothing_of_a_hostile_page_comes_out_as_markup(editor, site):
    hostile = f'<iframe src="https://player.vimeo.com/{html.escape(HOSTILE)}"></iframe>'
    text = editor.post(PATH, {"html": hostile + HOSTILE}).text
    assert "Services found: 1" in text
    assert "<script>alert" not in text
    assert html.escape("</textarea>") in text


def test_a_page_without_services_says_what_to_do(editor, site):
    text = editor.post(PATH, {"html": "<p>hello"}).text
    assert "Nothing of the catalogue is on this page" in text
    assert "/policy/catalogue" in text


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "javascript:alert(1)", "https://[", "", "/", "file:///etc/passwd"]
)
def test_only_addresses_of_the_site_are_fetched(editor, site, address):
    answer = editor.post(PATH, {"address": address})
    assert answer.status_code == 200
    assert "is not an origin of this site" in answer.text


def test_a_page_of_the_site_is_fetched_with_its_path(at_home):  # noqa: F811
    """Off a platform on one's own machine, which may look at sites on it."""
    with running({"/news/?p=1": (200, {}, page("wordpress").encode())}) as shop:
        anna = made_by(at_home, [shop.origin])
        answer = anna.post("/admin/sites/shop/policy/propose", {"address": f"{shop.origin}/news/?p=1#top"})
    assert answer.status_code == 200
    assert "Services found: 5" in answer.text


def test_the_catalogue_is_filtered_by_category_and_words_together(editor, site):
    base = "/admin/sites/example/policy/catalogue"
    cards = lambda text: set(re.findall(r'name="preset" value="(\w+)"', text))  # noqa: E731
    everything, ma = editor.get(base).text, editor.get(f"{base}?category=ma").text
    assert len(cards(everything)) > 60
    assert {"satori", "karte"} <= cards(ma)
    assert "ga4" not in cards(ma)
    assert cards(editor.get(f"{base}?category=ma&q=satori").text) == {"satori"}
    assert cards(editor.get(f"{base}?category=nonsense").text) == cards(everything)
