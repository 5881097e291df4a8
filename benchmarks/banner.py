"""The banner beside cookieconsent, Orejime and Klaro: the same page, the same browser, the visits of each in turn."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import report
from benchmarks.browser import pages
from benchmarks.browser.observe import Seen, Setting, kilobytes, observe, requests, weigh
from benchmarks.browser.pages import BARE, Tool
from benchmarks.browser.servers import MODULES, GatedHandler, SiteHandler, serving
from benchmarks.browser.visits import NETWORKS
from benchmarks.ours import SITE_KEY, VENDORS_KEY, VENDORS_POLICY, Ours
from benchmarks.processes import warn_if_busy
from benchmarks.report import Bar, Measure, at_most, at_most_times, compare, exactly, middle
from benchmarks.stores import Location
from tests import chromium

ARGUMENTS = [
    "--disable-blink-features=AutomationControlled",  # cookieconsent shows nothing to an automated browser
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
BAR_VISITS = 20
WITH_TAGS = 7  # KB: the core with the tags of eight vendors in it
RIVAL = "orejime"  # the quickest peer; the bars name it


@dataclass(frozen=True)
class Reading:
    """One line of the table: what is read from a tool's visits, and the bar for ours beside the rival's."""

    label: str
    read: Callable[[Seen], float | None]
    bar: Bar | None = None


def _weights(*, core: float = 4.5) -> list[Reading]:
    """The peers' configuration is not counted, so 4.5 KB is for a policy as small; one with vendors' tags in it has its own."""
    return [
        Reading("returning visit: requests", lambda seen: requests(seen.returning), exactly(1)),
        Reading("returning visit: KB as sent", lambda seen: kilobytes(seen.returning), at_most(core)),
        Reading("first visit: requests", lambda seen: requests(seen.first), at_most(2)),
        Reading("first visit: KB as sent", lambda seen: kilobytes(seen.first), at_most(10)),
    ]


def _times(network: str) -> list[Reading]:
    rival = at_most_times(1)
    return [
        Reading(f"banner clickable, opaque, still: ms, {network}", lambda seen: middle(seen.still[network], 1), rival),
        Reading(f"returning visit, gated tag runs: ms, {network}", lambda seen: middle(seen.tag[network], 1), rival),
        Reading(f"the same, later than without a tool: ms, {network}", lambda seen: middle(seen.delay[network], 1)),
    ]


def readings() -> list[Reading]:
    return [
        *_weights(),
        *(reading for network in NETWORKS for reading in _times(network)),
        Reading("cumulative layout shift", lambda seen: max(seen.shift), exactly(0)),
        Reading("accept click, handlers: ms", lambda seen: middle(seen.handler, 1), at_most(10)),
    ]


def measures(seen: dict[str, Seen], heavy: Seen, *, visits: int) -> list[Measure]:
    """Our bars stand on the lines beside the rival; the other peers are there to look at."""
    ours, found = seen[Ours.name], []
    contacts = Reading(f"contacts with a gated host, first visits of {visits}", lambda each: each.contacted, exactly(0))
    for name in [each for each in seen if each != Ours.name]:
        for each in (*readings(), contacts):
            bar = each.bar if name == RIVAL else None
            checked = each is not contacts or visits >= BAR_VISITS
            found.append(compare(each.label, each.read(ours), each.read(seen[name]), name, bar=bar, checked=checked))
    for each in _weights(core=WITH_TAGS):
        found.append(compare(f"tags of eight vendors, {each.label}", each.read(heavy), None, bar=each.bar))
    return found


def publish_pages(tools: list[Tool], gated: str) -> None:
    SiteHandler.pages.clear()
    SiteHandler.pages["/site.css"] = pages.stylesheet()
    for tool in tools:
        SiteHandler.pages[f"/page/{tool.name}/timing"] = pages.timing_page(tool, gated)
        SiteHandler.pages[f"/page/{tool.name}/contact"] = pages.contact_page(tool, gated)


def start_ours(stack: ExitStack, site: str) -> tuple[Tool, list[Tool]]:
    """The platform with two sites: one like the peers', one with the tags of real vendors in two languages."""
    location = Location(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consent-benchmark-"))))
    platform = Ours()
    platform.prepare(location, origin=site)
    platform.add_site(location, key=VENDORS_KEY, origin=site, policy=VENDORS_POLICY)
    url = f"http://127.0.0.1:{stack.enter_context(platform.serving(location, origin=site, core=None))}/b"
    heavy = [pages.ours(f"{url}/{VENDORS_KEY}.js", name=f"{Ours.name}-{each}", language=each) for each in ("ja", "en")]
    return pages.ours(f"{url}/{SITE_KEY}.js"), heavy


def set_up(stack: ExitStack) -> Setting:
    if not MODULES.exists():
        raise SystemExit("the peers are not installed: npm ci --prefix benchmarks")
    site = f"http://127.0.0.1:{stack.enter_context(serving(SiteHandler))}"
    gated = f"http://127.0.0.1:{stack.enter_context(serving(GatedHandler))}"
    own, heavy = start_ours(stack, site)
    tools = [own, *pages.peers()]
    publish_pages([BARE, *tools, *heavy], gated)
    playwright = stack.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.arguments(*ARGUMENTS))
    stack.callback(browser.close)
    return Setting(browser, site, gated, tools, heavy)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.banner", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds; contacts in 20 visits are not checked")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--visits", type=int, default=BAR_VISITS, help="first visits watched for contacts")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.visits = 2, 3
    return options


def main() -> None:
    options = _options()
    warn_if_busy()
    with ExitStack() as stack:
        setting = set_up(stack)
        seen = observe(setting, rounds=options.rounds, visits=options.visits)
        heavy = weigh(setting)
    found = measures(seen, heavy, visits=options.visits)
    sys.exit(0 if report.publish("banner", "The banner beside its peers, processor slowed four times", found) else 1)


if __name__ == "__main__":
    main()
