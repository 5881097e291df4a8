"""Which visits are made, in which order, and what they showed."""

from collections import defaultdict
from dataclasses import dataclass, field

from playwright.sync_api import Browser
from rich.console import Console

from benchmarks.browser.pages import BARE, Tool
from benchmarks.browser.servers import GatedHandler
from benchmarks.browser.visits import NETWORKS, Visit, Visitor

console = Console(stderr=True)


@dataclass
class Seen:
    """What the visits of one tool showed, the timed ones network by network."""

    first: list[Visit] = field(default_factory=list)
    returning: list[Visit] = field(default_factory=list)
    still: dict[str, list[float | None]] = field(default_factory=lambda: defaultdict(list))
    tag: dict[str, list[float | None]] = field(default_factory=lambda: defaultdict(list))
    delay: dict[str, list[float | None]] = field(default_factory=lambda: defaultdict(list))
    shift: list[float] = field(default_factory=list)
    handler: list[float | None] = field(default_factory=list)
    contacted: int | None = None


def requests(visits: list[Visit]) -> int:
    return max(visit.requests for visit in visits)


def kilobytes(visits: list[Visit]) -> float:
    return round(max(visit.bytes for visit in visits) / 1024, 2)


@dataclass(frozen=True)
class Setting:
    """The running servers and the tools to visit."""

    browser: Browser
    site: str
    gated: str
    tools: list[Tool]
    heavy: list[Tool]  # ours again, with the tags of real vendors, in each language

    def visitor(self, tool: Tool, network: str, *, slow: bool = True) -> Visitor:
        return Visitor(self.browser, tool, network=network, gated_origin=self.gated, slow=slow)

    def page(self, tool: Tool, kind: str = "timing") -> str:
        return f"{self.site}/page/{tool.name}/{kind}"


def time_visits(setting: Setting, network: str, seen: dict[str, Seen]) -> None:
    """One first and one returning visit with each tool, against a page that has the same tag and no tool at all."""
    bare = setting.visitor(BARE, network).returning(setting.page(BARE), None)
    for tool in setting.tools:
        visitor, found = setting.visitor(tool, network), seen[tool.name]
        first = visitor.first(setting.page(tool), accept=True)
        returning = visitor.returning(setting.page(tool), first.state)
        found.still[network].append(first.still)
        found.tag[network].append(returning.tag)
        found.delay[network].append(returning.tag - bare.tag if returning.tag and bare.tag else None)
        found.shift.append(round(first.shift, 4))
        if network == "loopback":
            found.handler.append(first.handler)
        found.first.append(first)
        found.returning.append(returning)


def weigh(setting: Setting) -> Seen:
    """Requests and bytes with the policy of many vendors, in each language; their hosts cannot be reached from here."""
    heavy = Seen()
    for tool in setting.heavy:
        visitor = setting.visitor(tool, "loopback", slow=False)
        heavy.first.append(visitor.first(setting.page(tool), accept=True))
        heavy.returning.append(visitor.returning(setting.page(tool), heavy.first[-1].state))
    return heavy


def check_the_watch(setting: Setting) -> None:
    """The watch itself is tried first: without a tool, all four kinds of markup contact the gated host."""
    GatedHandler.contacts.clear()
    setting.visitor(BARE, "loopback", slow=False).returning(setting.page(BARE, "contact"), None)
    if len(GatedHandler.contacts) != 4:
        raise RuntimeError(f"contacts are not seen: {GatedHandler.contacts}")


def count_contacts(setting: Setting, tool: Tool, visits: int) -> int:
    """In how many of so many first visits was the gated host contacted before any decision?"""
    contacted = 0
    for _ in range(visits):
        GatedHandler.contacts.clear()
        setting.visitor(tool, "loopback", slow=False).first(setting.page(tool, "contact"))
        contacted += bool(GatedHandler.contacts)
    return contacted


def observe(setting: Setting, *, rounds: int, visits: int) -> dict[str, Seen]:
    """What was seen of each tool: so many rounds of timed visits, and so many first visits watched for contacts."""
    for tool in setting.tools:  # the browser's own first steps belong to nobody
        setting.visitor(tool, "loopback", slow=False).first(setting.page(tool))
    seen = {tool.name: Seen() for tool in setting.tools}
    for number in range(rounds):
        console.print(f"round {number + 1} of {rounds}")
        for network in NETWORKS:
            time_visits(setting, network, seen)
    check_the_watch(setting)
    for tool in setting.tools:
        seen[tool.name].contacted = count_contacts(setting, tool, visits)
    return seen
