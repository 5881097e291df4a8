"""The settings page as a browser without JavaScript reads it: its words, its fields, and what it sends."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from consent.phrases import MAY_BREAK

PLATFORM = "https://consent.example.net"  # CONSENT_PUBLIC_URL of the tests
FETCHING = {"script", "iframe", "img", "link", "video", "audio", "source", "embed", "object"}


class Page(HTMLParser):
    """Every start tag with its attributes, and the text of the page."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.words = html, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        """Without the marks of where lines may break."""
        return " ".join(" ".join(self.words).split()).replace(MAY_BREAK, "")

    def named(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]

    @property
    def language(self):
        return self.named("html")[0]["lang"]

    def hidden(self):
        return {each["name"]: each["value"] for each in self.named("input") if each["type"] == "hidden"}

    def switches(self):
        """{id: (on, whether the visitor can change it)}"""
        found = [each for each in self.named("input") if each["type"] == "checkbox"]
        return {each["value"]: ("checked" in each, "disabled" not in each) for each in found}

    def chosen(self):
        return {name for name, (on, free) in self.switches().items() if on and free}

    def buttons(self):
        return [each["value"] for each in self.named("button")]

    def fetched(self):
        """Addresses on other hosts that a browser would ask by itself."""
        names = ("src", "srcset", "href", "data", "poster")
        found = [each.get(name) for tag, each in self.tags if tag in FETCHING for name in names]
        return [url for url in found if url and urlsplit(url).netloc]


class Browser:
    """A browser without JavaScript: it keeps its cookies, and says where a form was sent from."""

    def __init__(self, client, site):
        self.client, self.url = client, f"/settings/{site.key}"

    def open(self, query="", **headers):
        answer = self.client.get(f"{self.url}{query}", base_url=PLATFORM, headers=headers)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def send(self, button, *services, page=None, query="", origin=PLATFORM, headers=None, **changes):
        """Presses a button of the page, with these services chosen. `changes` bend a field; None leaves it out."""
        page = page or self.open(query)
        fields = {**page.hidden(), "action": button, "service": list(services), **changes}
        said = {"Origin": origin, **(headers or {})}
        return self.client.post(
            f"{self.url}{query}",
            base_url=PLATFORM,
            data={name: value for name, value in fields.items() if value is not None},
            headers={name: value for name, value in said.items() if value is not None},
        )

    def choose(self, button, *services, **options):
        """Sends the form and follows to the page that then shows."""
        answer = self.send(button, *services, **options)
        assert answer.status_code == 303, answer.text
        return Page(self.client.get(answer.location, base_url=PLATFORM).text)
