"""What the demo promises as a customer's site: one tag first, and nothing of anybody else's before consent."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from demo.chart import area_path, line_path
from demo.content import load_content
from demo.enquiry import REQUIRED
from demo.site import PAGES, PREFIX, create_site

DEMO = Path(__file__).parents[2] / "demo"
PLATFORM = "http://127.0.0.1:8000"
TAG = f"{PLATFORM}/b/site-key.js"
VENDORS = {"ga4", "gtm", "marketo", "hubspot", "satori"}
FETCHING = {"script", "iframe", "img", "link", "video", "audio", "source", "embed", "object", "input"}
ADDRESSES = [(language, prefix + path) for language, prefix in PREFIX.items() for path in PAGES.values()]
ADDRESSES += [("ja", "/viewer/river/"), ("en", "/en/viewer/river/")]
FILLED = {"company": "A", "name": "B", "email": "c@example.jp", "message": "D", "agree": "1"}


class Page(HTMLParser):
    """Every start tag with its attributes, in document order; `gated` is set inside a gated template."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.head: list[tuple[str, dict[str, str | None]]] = []
        self.ungated: list[tuple[str, dict[str, str | None]]] = []
        self.where = {"head": False, "template": False}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        entry = (tag, dict(attrs))
        self.tags.append(entry)
        if self.where["head"]:
            self.head.append(entry)
        if tag in self.where:
            self.where[tag] = True
        elif not self.where["template"]:
            self.ungated.append(entry)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.where:
            self.where[tag] = False

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def foreign_requests(page: Page) -> list[str]:
    """The addresses on other hosts that a browser would fetch from this page by itself."""
    found = []
    for tag, attributes in page.ungated:
        if tag == "link" and attributes.get("rel") == "alternate":
            continue
        names = ("src", "srcset", "href", "poster", "data") if tag in FETCHING else ()
        found += [attributes[name] for name in names if attributes.get(name) and urlsplit(attributes[name]).netloc]
    return found


def read(client, path: str) -> Page:
    return Page(client.get(path).get_data(as_text=True))


@pytest.fixture(scope="module")
def client():
    return create_site(PLATFORM, "site-key").test_client()


@pytest.mark.parametrize(("language", "path"), ADDRESSES)
def test_every_page_answers_in_its_language(client, language, path):
    answer = client.get(path)
    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert page.named("html")[0]["lang"] == language
    assert len(page.named("h1")) == 1


@pytest.mark.parametrize(("language", "path"), ADDRESSES)
def test_the_one_tag_is_first_in_the_head(client, language, path):
    page = read(client, path)
    assert page.head[0][0] == "script"
    assert page.head[0][1]["src"] == TAG
    assert [each["src"] for each in page.named("script") if (each.get("src") or "").startswith(PLATFORM)] == [TAG]


@pytest.mark.parametrize(("language", "path"), ADDRESSES)
def test_nothing_of_another_host_is_fetched_before_a_decision(client, language, path):
    assert foreign_requests(read(client, path)) == [TAG]


@pytest.mark.parametrize("leak", ["<img src='https://x.example/p.gif'>", "<script src='//x.example/s.js'></script>"])
def test_a_leak_would_be_seen(leak):
    assert len(foreign_requests(Page(f"<html><head></head><body>{leak}</body></html>"))) == 1


@pytest.mark.parametrize(("language", "path"), ADDRESSES)
def test_settings_are_reachable_with_and_without_script(client, language, path):
    html = client.get(path).get_data(as_text=True)
    footer = html[html.index("<footer class=") :]
    assert '<a href="#" data-consent-open>' in footer
    noscript = html.split("<noscript>")[1].split("</noscript>")[0]
    assert f'<a href="{PLATFORM}/settings/site-key?lang={language}">' in noscript


@pytest.mark.parametrize(("language", "path"), [each for each in ADDRESSES if "strict" not in each[1]])
def test_every_vendor_snippet_is_gated(client, language, path):
    gated = [each for each in read(client, path).named("script") if each.get("type") == "text/plain"]
    assert {each["data-service"] for each in gated} >= VENDORS
    assert all(each.get("data-category") and "src" not in each for each in gated)


def test_inline_scripts_that_run_belong_to_the_site_itself(client):
    for _, path in ADDRESSES:
        for attributes in read(client, path).named("script"):
            own = (attributes.get("src") or "").startswith(("/static/", TAG))
            inert = attributes.get("type") in ("text/plain", "application/json")
            assert own or inert or "strict" in path or "webinar" in path, path


@pytest.mark.skipif(not (DEMO / "policy.yaml").exists(), reason="demo/policy.yaml is not there: ids not compared")
def test_the_snippets_carry_the_ids_and_categories_of_the_published_policy(client):
    policy = yaml.safe_load((DEMO / "policy.yaml").read_text("utf-8"))
    by_page = {service["id"]: service for service in policy["services"] if service.get("load") == "page"}
    snippets = client.get("/").get_data(as_text=True) + client.get("/movie/").get_data(as_text=True)
    assert {f'data-service="{name}"' in snippets for name in by_page} == {True}
    ids = [str(value) for service in by_page.values() for value in service.get("parameters", {}).values()]
    assert [value for value in ids if value not in snippets] == []


def test_the_video_waits_in_a_gated_frame(client):
    (frame,) = read(client, "/movie/").named("iframe")
    assert frame["data-service"] == "youtube"
    assert urlsplit(frame["data-src"]).netloc == "www.youtube-nocookie.com"
    assert "src" not in frame
    assert frame["title"]


def test_the_webinar_page_holds_gated_templates(client):
    templates = read(client, "/webinar/").named("template")
    assert {each["data-category"] for each in templates} == {"ma", "analytics"}


def test_the_strict_page_allows_a_fresh_nonce_and_the_platform_only(client):
    first, second = client.get("/strict/"), client.get("/strict/")
    policy = first.headers["Content-Security-Policy"]
    nonce = Page(first.get_data(as_text=True)).head[0][1]["nonce"]
    assert policy.startswith(f"default-src 'none'; script-src 'nonce-{nonce}' {PLATFORM}; style-src 'nonce-{nonce}'; ")
    assert f"connect-src {PLATFORM};" in policy
    assert "unsafe" not in policy
    assert policy != second.headers["Content-Security-Policy"]


def test_everything_on_the_strict_page_carries_the_nonce(client):
    page = read(client, "/strict/")
    nonce = page.head[0][1]["nonce"]
    sheets = [each for each in page.named("link") if each["rel"] == "stylesheet"]
    assert all(each.get("nonce") == nonce for each in page.named("script") + sheets)
    assert not page.named("style")
    assert not any("style" in attributes for _, attributes in page.tags)


def test_other_pages_carry_no_policy(client):
    assert "Content-Security-Policy" not in client.get("/").headers


def test_a_complete_enquiry_is_thanked_and_forgotten(client):
    answer = client.post("/en/contact/", data=FILLED)
    assert (answer.status_code, answer.location) == (303, "/en/contact/thanks/")


@pytest.mark.parametrize("field", REQUIRED)
def test_an_enquiry_with_a_gap_says_which(client, field):
    answer = client.post("/contact/", data={**FILLED, field: " "})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.get_data(as_text=True)


def test_an_unknown_page_is_answered_in_the_language_of_its_prefix(client):
    assert [client.get(path).status_code for path in ("/no", "/en/no")] == [404, 404]
    assert read(client, "/en/no").named("html")[0]["lang"] == "en"


def shape(value):
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return "list" if isinstance(value, list) else type(value).__name__


def test_both_languages_say_the_same_things():
    content = load_content()
    assert shape(content["ja"]) == shape(content["en"])
    assert len(content["ja"]["privacy"]["sections"]) == len(content["en"]["privacy"]["sections"])


def test_the_rules_shown_on_the_hostile_page_are_the_ones_in_force(client):
    html = client.get("/hostile/").get_data(as_text=True)
    shown = html.split("<pre>")[1].split("</pre>")[0].replace("&#34;", '"').strip().splitlines()
    rules = (DEMO / "static/hostile.css").read_text("utf-8").splitlines()
    assert [line for line in shown if line not in rules] == []


def test_own_styles_fetch_nothing():
    for sheet in (DEMO / "static").glob("*.css"):
        assert "url(" not in sheet.read_text("utf-8")
        assert "@import" not in sheet.read_text("utf-8")


def test_a_chart_starts_and_ends_at_its_edges():
    assert line_path([0, 10], 100, 50, 0, 10).startswith("M0.0 50.0C")
    assert line_path([0, 10], 100, 50, 0, 10).endswith("100.0 0.0")
    assert area_path([0, 10], 100, 50, 0, 10).endswith("V50.0H0Z")
