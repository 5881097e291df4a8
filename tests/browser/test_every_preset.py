"""Every preset: nothing of it is asked for before consent, exactly its own address after, and nothing of it is left after a
withdrawal. What belongs to nobody in the policy stays."""

from fnmatch import fnmatchcase

import pytest

from consent.catalogue.parameters import fill_steps
from consent.catalogue.presets import presets

EVERY = [each for each in presets().values() if each.name and not each.no_tag]
BATCHES = [EVERY[at : at + 14] for at in range(0, len(EVERY), 14)]
HOST = "a.b.shop.example"
DOMAINS = (".shop.example", ".b.shop.example", HOST)
CHROMIUM_KEEPS = 180  # cookies of a registrable domain; beyond that it drops the oldest
STORED = "() => [localStorage, sessionStorage].map((s) => Object.keys(s).filter((key) => !/^consent/.test(key)).sort())"


def parameters(preset):
    return {each.name: each.example for each in preset.parameters}


def service(preset):
    return {"id": preset.id, "preset": preset.id, "parameters": parameters(preset)}


def address(preset):
    """What its consent asks for, and nothing else does: its script, or what the page carries of it."""
    scripts = [step["script"]["src"] for step in fill_steps(preset.load, parameters(preset)) if "script" in step]
    host = preset.hosts[0].replace("*", "www") if preset.hosts else f"{preset.id}.vendor.test"
    (found,) = scripts if preset.load else [f"https://{host}/{preset.id}.js"]
    return found


def markup(preset):
    """The page carries what the platform does not load."""
    gate = f'type="text/plain" data-category="{preset.category}" data-service="{preset.id}"'
    return "" if preset.load else f'<script {gate} async src="{address(preset)}"></script>'


def names(batch, *, cookies):
    """What the presets keep in the browser, by what they declare and what they sweep."""
    for preset in batch:
        yield from preset.sweep.cookies if cookies else preset.sweep.storage
        for row in preset.storage:
            if (row.kind == "cookie") == cookies and row.domain is None and row.purpose != "opt_out":
                yield row.name


def planted(patterns):
    """(names that belong to the presets, names one letter away that belong to nobody)"""
    patterns = set(patterns)
    theirs = {pattern.replace("*", "x1") for pattern in patterns}
    near = {f"x{name}" for name in theirs} | {f"{pattern}x" for pattern in patterns if "*" not in pattern}
    return theirs, {name for name in near if not any(fnmatchcase(name, each) for each in patterns)}


def plant(banner, batch):
    """Returns the names that have to stay: of cookies, and of keys of both storages."""
    cookies, foreign = planted(names(batch, cookies=True))
    rows = [(name, domain) for name in cookies for domain in DOMAINS]
    rows += [(name, domain) for name, domain in zip(sorted(foreign), DOMAINS * len(foreign), strict=False)]
    banner.page.context.add_cookies([{"name": n, "value": "1", "domain": d, "path": "/"} for n, d in rows])
    assert {(each["name"], each["domain"]) for each in banner.page.context.cookies()} >= set(rows)
    assert len(rows) < CHROMIUM_KEEPS
    keys, foreign_keys = planted(names(batch, cookies=False))
    foreign_keys.add("cart")
    fill = "(keys) => keys.forEach((key) => [localStorage, sessionStorage].forEach((s) => s.setItem(key, 1)))"
    banner.page.evaluate(fill, [*keys, *foreign_keys])
    return foreign, foreign_keys


def left(banner):
    ours = {"consent", "mkto_opt_out"}  # the second is the answer that Marketo's code looks for, for a minute
    return {cookie["name"] for cookie in banner.page.context.cookies()} - ours


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch[0].id}-{batch[-1].id}")
def test_each_is_loaded_by_consent_alone_and_leaves_nothing_after_a_withdrawal(banner_of, vendors, batch):
    banner = banner_of(services=[service(each) for each in batch])
    banner.put("/", "".join(map(markup, batch)))
    banner.open(host=HOST).asks().settle()
    assert vendors == []
    banner.accept().wait_for(f"(window.loaded || []).length >= {len(batch)}").delivered()
    assert sorted(vendors) == sorted(map(address, batch))
    foreign, foreign_keys = plant(banner, batch)
    vendors.clear()
    banner.call("withdraw()").wait_for("window.consent && consent.state().decision === 'withdraw'").delivered()
    assert left(banner) == foreign
    banner.page.reload()
    assert banner.settle().page.evaluate(STORED) == [sorted(foreign_keys)] * 2
    assert (vendors, left(banner)) == ([], foreign)
