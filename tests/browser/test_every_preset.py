"""Every preset that is loaded or keeps something: after a withdrawal nothing of it is left, and nothing asked for again."""

import pytest

from consent.catalogue.presets import presets

KEPT = [each for each in presets().values() if each.name and (each.load or each.sweep.cookies or each.revoke)]
BATCHES = [KEPT[at : at + 15] for at in range(0, len(KEPT), 15)]
DOMAINS = (".shop.example", ".b.shop.example", "a.b.shop.example")


def service(preset):
    parameters = {each.name: each.example for each in preset.parameters}
    return {"id": preset.id, "preset": preset.id, "parameters": parameters}


def markup(preset):
    """The page carries what the platform does not load."""
    host = preset.hosts[0].replace("*", "www") if preset.hosts else "unknown.vendor.test"
    gate = f'type="text/plain" data-category="{preset.category}" data-service="{preset.id}"'
    return "" if preset.load else f'<script {gate} async src="https://{host}/{preset.id}.js"></script>'


def names(patterns):
    return [pattern.replace("*", "x1") for pattern in patterns]


def plant(banner, batch):
    for name in ["own", *(name for preset in batch for name in names(preset.sweep.cookies))]:
        banner.page.context.add_cookies(
            [{"name": name, "value": "1", "domain": domain, "path": "/"} for domain in DOMAINS]
        )
    keys = [key for preset in batch for key in names(preset.sweep.storage)]
    banner.page.evaluate(
        "keys => keys.forEach((key) => [localStorage, sessionStorage].forEach((s) => s[key] = 1))", keys
    )
    return keys


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch[0].id}-{batch[-1].id}")
def test_nothing_is_left_of_a_withdrawn_service_and_nothing_asked_for_after_a_reload(banner_of, vendors, batch):
    banner = banner_of(services=[service(each) for each in batch])
    banner.put("/", "".join(markup(each) for each in batch))
    banner.open(host="a.b.shop.example").asks().settle()
    assert vendors == []
    banner.accept()
    banner.delivered()
    loaded = {each.load[-1]["script"]["src"] for each in batch if each.load and "{" not in str(each.load[-1])}
    assert loaded <= set(vendors)
    assert len(vendors) >= len(batch)
    keys = plant(banner, batch)
    banner.call("withdraw()")
    banner.wait_for("window.consent && consent.state().decision === 'withdraw'")
    banner.delivered()
    left = {cookie["name"] for cookie in banner.page.context.cookies()}
    assert left - {"consent", "own", "mkto_opt_out"} == set()
    vendors.clear()
    banner.page.reload()
    banner.settle()
    assert vendors == []
    assert banner.page.evaluate("keys => keys.filter((key) => localStorage[key] || sessionStorage[key])", keys) == []
