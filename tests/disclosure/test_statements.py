"""What a site has to publish, made from its policy: complete against the law's lists, in two languages, for each version."""

import re

import pytest

from consent.disclosure import statements
from consent.plain_pages.words import page_words
from consent.records.lookup import policies_in_memory
from tests.disclosure.conftest import JOINT_USE, policy_of_twenty
from tests.registering import TRANSFER, days_ago
from tests.visitors.form import Page

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAID = page_words("disclosure")


@pytest.fixture
def read_page(client, site):
    """read_page("cookies"): the page; read_page("cookies", "en", version): a permanent link."""

    def go(kind, language="ja", version=None):
        path = "/".join(filter(None, ("/statements", site.key, kind, version)))
        answer = client.get(f"{path}?lang={language}")
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    return go


@pytest.fixture
def stated(client, site):
    """stated("cookies"): the same as JSON."""

    def go(kind, language="ja"):
        return client.get(f"/statements/{site.key}/{kind}.json?lang={language}").json

    return go


def facts(section):
    return {each["label"]: [value["text"] for value in each["values"]] for each in section["facts"]}


def others(document):
    """The services that send something to somebody else."""
    return [each for each in document["services"] if each["vendor"] != "controller" and not each["no_tag"]]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_external_transmission_names_every_destination_with_all_that_the_law_asks(
    publish_policy, document_of, stated, language
):
    """Enforcement Rules of the Telecommunications Business Act, Article 22-2-29: what, who, what for; by destination."""
    document = document_of(publish_policy())
    assert len(document["services"]) == 21, "twenty and our own"
    label = SAID[language]["labels"]
    sections = {each["id"]: each for each in stated("external-transmission", language)["sections"]}
    assert set(sections) == {each["id"] for each in others(document)}
    for service in others(document):
        found, vendor = facts(sections[service["id"]]), document["vendors"][service["vendor"]]
        for host in service["hosts"]:
            assert any(host.removeprefix("*") in text for text in found[label["destination"]]), host
        assert found[label["sends"]] == [item["text"][language] for item in service["sends"]] or not service["sends"]
        assert found[label["handler"]][0] == vendor["name"][language]
        assert found[label["our_purpose"]] == [service["purpose"][language]]
        theirs = service["their_purpose"]
        assert not theirs or found[label["their_purpose"]] == [theirs[language]]
        assert found[label["their_purpose"]], "said, or said to be unverified"
        assert found[label["when"]] == [SAID[language]["when"]["consent"]]
        assert found[label["stop"]][0] == SAID[language]["stop"]["choices"]


def test_what_has_no_tag_sends_nothing_and_is_named_below(publish_policy, document_of, stated):
    document = document_of(publish_policy())
    silent = [each["name"]["ja"] for each in document["services"] if each["no_tag"]]
    assert silent, "the policy has one"
    assert all(any(name in note for note in stated("external-transmission")["notes"]) for name in silent)
    assert stated("cookies")["notes"] == []


def test_nothing_is_said_to_wait_for_consent_where_it_does_not(publish_policy, stated):
    publish_policy(consent_mode={"mode": "advanced"})
    sections = {each["id"]: facts(each) for each in stated("external-transmission", "en")["sections"]}
    assert sections["ga4"]["When it is sent"] == [SAID["en"]["when"]["advanced"]]
    assert sections["chat-0"]["When it is sent"] == [SAID["en"]["when"]["consent"]]


def test_what_is_necessary_is_said_to_be_sent_always(publish_policy, stated):
    services = policy_of_twenty()["services"]
    services[-1]["category"] = "necessary"
    publish_policy(services=services)
    found = facts(
        next(each for each in stated("external-transmission", "en")["sections"] if each["id"] == services[-1]["id"])
    )
    assert found["When it is sent"] == ["When a page is shown"]
    assert found["How to stop it"] == [SAID["en"]["stop"]["necessary"]]


@ON_SQLITE
def test_the_cookie_list_has_every_row_and_says_what_nobody_has_verified(publish_policy, document_of, stated):
    document = document_of(publish_policy())
    sections = {each["id"]: facts(each) for each in stated("cookies", "en")["sections"]}
    assert next(iter(sections)) == "consent", "our own first"
    for service in document["services"]:
        if not service["no_tag"]:
            assert {row["name"] for row in service["cookies"]} <= set(sections[service["id"]])
    unknown = next(each for each in document["services"] if not each["cookies_known"] and not each["no_tag"])
    assert sections[unknown["id"]]["What is kept"] == [SAID["en"]["storage_unverified"]]
    assert sections["ga4"]["_ga"][1] == "2 years · Cookie · this site"
    assert sections["ga4"]["Who handles it"] == ["Google LLC"]


@ON_SQLITE
def test_recipients_are_legal_entities_with_country_and_what_they_acquire(publish_policy, stated):
    services = policy_of_twenty()["services"]
    marketo = next(each for each in services if each["preset"] == "marketo")
    marketo["acquires_as_personal_data"] = {"items": ["page_url"]}
    marketo["provision"] = {"type": "personal_related_info", "reason": {"ja": "照合のため", "en": "Matched there"}}
    publish_policy(services=services)
    sections = {each["id"]: each for each in stated("recipients", "en")["sections"]}
    google = facts(sections["google"])
    assert sections["google"]["title"] == "Google LLC"
    assert google["Country"] == ["United States"]
    assert "Google Analytics 4" in google["Services"]
    assert len(google["Services"]) > 1, "once, whatever the number of its services"
    assert "Adobe" in facts(sections["adobe"])["Acquired as personal data"][0]
    assert "Acquired as personal data" not in google
    assert facts(sections["adobe"])["Kind of provision"] == [
        "Provision of personal-related information (APPI, Article 31)",
        "Matched there",
    ]
    assert "Kind of provision" not in google, "nothing is decided there"


@ON_SQLITE
def test_joint_use_has_the_items_of_article_27(publish_policy, stated):
    publish_policy()
    (section,) = stated("joint-use", "en")["sections"]
    assert section["title"] == "Joint use within the group"
    found = facts(section)
    assert found.pop("Items of data")[1:] == ["Your name"], "after one of the catalogue"
    assert found == {
        "Who uses it jointly": ["Our subsidiaries"],
        "Purpose": ["To answer your questions"],
        "Who is responsible for it": ["見本株式会社", "1-1-1 Mihoncho, Chiyoda-ku, Tokyo"],
        "Representative": ["Taro Mihon"],
    }


@ON_SQLITE
def test_without_any_joint_use_the_statement_says_so(publish_policy, read_page):
    publish_policy(joint_use=[])
    assert SAID["ja"]["none"] in read_page("joint-use").text


@pytest.mark.parametrize("kind", statements.KINDS)
@ON_SQLITE
def test_the_page_says_what_the_json_says(publish_policy, read_page, stated, kind):
    publish_policy()
    page, found = read_page(kind, "en"), stated(kind, "en")
    words = [found["title"], *found["lead"], *found["notes"]]
    for section in found["sections"]:
        words += [section["title"], *(each["label"] for each in section["facts"])]
        words += [value["text"] for each in section["facts"] for value in each["values"]]
    assert [text for text in words if " ".join(text.split()) not in page.text] == []
    assert page.language == "en"
    assert page.fetched() == []
    assert page.named("script") == []


def test_a_permanent_link_keeps_what_was_stated_with_that_version(publish_policy, site, read_page, client):
    old = publish_policy()
    new = publish_policy(joint_use=[])
    assert old.policy_version != new.policy_version
    assert "当社の子会社" in read_page("joint-use", "ja", old.policy_version).text
    assert SAID["ja"]["older"] in read_page("joint-use", "ja", old.policy_version).text
    assert "当社の子会社" not in read_page("joint-use").text
    assert SAID["ja"]["older"] not in read_page("joint-use", "ja", new.policy_version).text
    index = Page(client.get(f"/statements/{site.key}?lang=ja").text)
    links = [each["href"] for each in index.named("a")]
    assert any(old.policy_version in link for link in links)
    assert any(new.policy_version in link for link in links)


@pytest.mark.parametrize(
    "path",
    [
        "/statements/nobody",
        "/statements/nobody/cookies",
        "/statements/nobody/cookies.json",
        "/statements/example/nothing",
    ],
)
@ON_SQLITE
def test_what_is_not_there_is_404(client, site, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("version", ["0" * 64, "x", "%00"])
def test_a_version_that_the_site_never_published_is_404(client, site, version):
    assert client.get(f"/statements/{site.key}/cookies/{version}").status_code == 404


def test_a_version_of_another_site_is_404(client, publish_policy, other_site):
    made = publish_policy()
    assert client.get(f"/statements/{other_site.key}/cookies/{made.policy_version}").status_code == 404


@ON_SQLITE
def test_a_policy_in_neither_of_our_languages_keeps_its_own(app, client, site, publish_policy):
    publish_policy()
    answer = client.get(f"/statements/{site.key}/cookies?lang=fr", headers={"Accept-Language": "fr"})
    assert Page(answer.text).language == "ja", "the first language of the policy"
    assert "Accept-Language" in answer.headers["Vary"]


@ON_SQLITE
def test_pages_are_public_and_json_may_be_read_by_any_page(client, site, publish_policy):
    publish_policy()
    page, data = (client.get(f"/statements/{site.key}/cookies{end}") for end in ("", ".json"))
    assert page.headers["Cache-Control"] == data.headers["Cache-Control"] == "public, max-age=300"
    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in data.headers
    assert "script" not in page.headers["Content-Security-Policy"]


HOSTILE = '"><script>alert(1)</script>'


@ON_SQLITE
def test_no_text_of_a_policy_becomes_markup(publish_policy, read_page):
    services = policy_of_twenty()["services"]
    services[-1]["name"] = services[-1]["purpose"] = {"ja": HOSTILE, "en": HOSTILE}
    hostile = {**JOINT_USE, **{name: {"ja": HOSTILE, "en": HOSTILE} for name in ("name", "users", "purpose")}}
    policy = policy_of_twenty()
    publish_policy(services=services, joint_use=[hostile], controller={**policy["controller"], "name": HOSTILE})
    for kind in statements.KINDS:
        page = read_page(kind)
        assert page.named("script") == []
        assert "<script>alert" not in page.html


def test_our_words_are_the_same_in_both_languages():
    assert set(SAID) == {"ja", "en"}

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(each) for key, each in value.items()}
        return sorted(re.findall(r"\{\w+\}", str(value)))

    assert shape(SAID["ja"]) == shape(SAID["en"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_recipients_say_what_the_register_knows_of_country_and_system(client, site, add_transfer):
    path = f"/statements/{site.key}/recipients?lang=ja"
    assert TRANSFER["system"] not in Page(client.get(path).text).text
    add_transfer(checked_on=days_ago(10))
    page = Page(client.get(path).text)
    assert TRANSFER["system"] in page.text
    assert TRANSFER["measures"] in page.text
    assert TRANSFER["system_source"] in [each.get("href") for each in page.named("a")]
    assert TRANSFER["checked_by"] not in page.text
    assert "停止しています" not in page.text
    add_transfer(checked_on=days_ago(400), corrects=1)
    assert "停止しています" in Page(client.get(path).text).text
    version = policies_in_memory().published(site).policy_version
    assert TRANSFER["system"] in Page(client.get(f"/statements/{site.key}/recipients/{version}").text).text
