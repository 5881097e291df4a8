"""The banner of a record in its page's frame: what is said where there is none, and what the frame is allowed."""

import pytest

from consent.banner import build
from consent.ledger import erase
from tests.admin.test_evidence_record import LIST, erased
from tests.banner.test_script import preferences_path, ui_path
from tests.settled import settle


@pytest.fixture
def auditor(person, site):
    return person("auditor", site)


@pytest.fixture
def given(client, site):
    """Somebody has seen both layers."""
    for path in ("/b/example.js", ui_path(client), preferences_path(client)):
        assert client.get(path).status_code == 200


def decided(visitor, **changes):
    answer = visitor.decide(script=build.current().name, **changes)
    return f"{LIST}/{answer.json['record_id']}"


def test_the_frame_runs_the_files_that_were_given(auditor, visitor, given):
    path = decided(visitor)
    frame = auditor.get(f"{path}/banner")
    assert frame.status_code == 200
    assert visitor.version in frame.text
    policy = frame.headers["Content-Security-Policy"]
    for rule in ("sandbox allow-scripts;", "default-src 'none';", "script-src 'sha256-", "frame-ancestors 'self'"):
        assert rule in policy
    assert "allow-same-origin" not in policy
    assert "frame-src 'self'" in auditor.get(path).headers["Content-Security-Policy"]


def test_it_begins_where_the_answer_was_given(auditor, visitor, given):
    assert "layer=1" in auditor.get(decided(visitor)).text.partition("<iframe")[2]
    in_settings = decided(visitor, source="preferences")
    assert "layer=2" in auditor.get(in_settings).text.partition("<iframe")[2]
    for asked, layer in (("1", 1), ("9", 1), ("-1", 1), ("x", 2)):
        assert f"layer={layer}" in auditor.get(f"{in_settings}?layer={asked}").text.partition("<iframe")[2]


@pytest.mark.parametrize(("agent", "width"), [("iPhone; Mobile Safari/604.1", "390"), ("Windows NT 10.0", "100%")])
def test_the_frame_has_the_width_of_the_kind_of_device(auditor, visitor, given, agent, width):
    body = visitor.body(script=build.current().name)
    visitor.send(body, **{"User-Agent": f"Mozilla/5.0 ({agent}"})
    assert f'class="preview" width="{width}"' in auditor.get(f"{LIST}/{body['record_id']}").text


@pytest.mark.parametrize(("script", "said"), [("0" * 16, "cannot be shown again"), (None, "without one")])
def test_what_is_not_kept_is_said_to_be_missing(auditor, visitor, given, script, said):
    made = visitor.decide(script=script).json["record_id"]
    text = auditor.get(f"{LIST}/{made}").text
    assert said in text
    assert "<iframe" not in text
    assert auditor.get(f"{LIST}/{made}/banner").status_code == 404


def test_of_an_erased_decision_no_banner_is_shown(auditor, visitor, site, given):
    path = decided(visitor)
    settle()
    erased(site, path.rpartition("/")[2], erase.BOTH)
    assert "<iframe" not in auditor.get(path).text
    assert auditor.get(f"{path}/banner").status_code == 404


def test_the_frame_of_another_site_is_not_there(person, other_site, visitor, given):
    stranger = person("owner", other_site)
    path = decided(visitor)
    assert stranger.get(f"{path}/banner").status_code == 404
    assert stranger.get(path.replace("/example/", "/other/") + "/banner").status_code == 404
