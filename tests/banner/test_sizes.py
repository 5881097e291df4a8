"""What a browser downloads, composed and compressed as the platform serves it, against what the README promises."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from consent.banner import build, first, script
from consent.catalogue.presets import presets
from consent.policies import wording
from consent.policies.document import read, resolve
from tests.banner.test_facts import compose

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORE, FIRST_VISIT, CORE_WITH_TAGS, PREFERENCES = 4608, 10240, 5200, 6144


def policy(name):
    return (HERE / f"{name}-policy.yaml").read_bytes()


def in_gzip(packed):
    return len(packed.packed["gzip"])


def core_of(composed):
    return script.core_script(build.current().core.replace(build.FACTS_MARK, composed).encode())


@cache
def core(name):
    return core_of(compose(policy(name)))


def japanese():
    address = "https://consent.example.co.jp/settings/kX3v9QpLm2TzR8wB?lang=ja"
    return wording.compose(resolve(read(policy("japanese"))).document, "ja", address)


def ui():
    return script.chunk_script(script.first_chunk(build.current(), japanese()).encode())


def in_one_answer():
    name = f"{'0' * 64}-{build.current().name}"
    parts = (part.plain.decode() for part in (core("japanese"), ui()))
    return script.chunk_script(first.joined(*parts, name=name, spoken="ja").encode())


def preferences():
    return script.chunk_script(script.second_chunk(build.current(), japanese()).encode())


SIZES = {
    "returning visitor, four services": (lambda: in_gzip(core("plain")), CORE),
    "first visit, Japanese, four services": (lambda: in_gzip(core("japanese")) + in_gzip(ui()), FIRST_VISIT),
    "first visit, Japanese, four services, in one answer": (lambda: in_gzip(in_one_answer()), FIRST_VISIT),
    "returning visitor, six services, three tags loaded": (lambda: in_gzip(core("sample")), CORE_WITH_TAGS),
    "settings, Japanese, four services": (lambda: in_gzip(preferences()), PREFERENCES),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_script_keeps_within_its_budget(name):
    measure, budget = SIZES[name]
    size = measure()
    print(f"{name}: {size:,} of {budget:,} bytes, gzip")
    assert size <= budget


def test_a_site_with_twenty_services_keeps_to_seven_kilobytes():
    """The twenty that take most, each loaded by the platform: no site with twenty is larger."""
    made = [(each, {one.name: one.example for one in each.parameters}) for each in presets().values() if each.name]
    largest = sorted(made, key=lambda pair: len(str((pair[0].load, pair[0].revoke, pair[0].grant))), reverse=True)[:20]
    services = [{"id": each.id, "preset": each.id, "parameters": given} for each, given in largest]
    document = {**yaml.safe_load(policy("plain")), "services": services}
    document["categories"] = ["necessary", "functional", "analytics", "ma", "advertising"]
    composed = compose(yaml.safe_dump(document, allow_unicode=True).encode())
    size = in_gzip(core_of(composed))
    print(f"twenty services: {size:,} bytes, gzip")
    assert size <= 7 * 1024


def test_brotli_saves_a_twelfth_of_that():
    """The README says so: of the core, which every visit loads, and of all that a first one does."""
    packed = [part.packed for part in (core("japanese"), ui())]
    for some in (packed[:1], packed):
        br, gz = (sum(len(each[coding]) for each in some) for coding in ("br", "gzip"))
        print(f"{br:,} of {gz:,} bytes: {br / gz:.3f}")
        assert br / gz <= 11 / 12


def test_the_readme_promises_these_sizes():
    costs = re.search(r"<!-- costs -->(.*?)<!-- /costs -->", (ROOT / "README.md").read_text("utf-8"), re.S).group(1)
    promised = [int(size.replace(",", "")) for size in re.findall(r"at most ([\d,]+) bytes", costs)]
    assert promised == [budget for name, (_, budget) in SIZES.items() if not name.endswith("in one answer")]
