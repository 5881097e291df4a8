import json

import pytest
import yaml
from click.testing import CliRunner

from consent import clock, sites
from consent.accounts import deeds
from consent.db import db, transact
from consent.policies.cli import REASONS, policy
from consent.policies.material import compare
from consent.sites.settings import require_review
from tests.policies.policy import ACME, CUSTOM, SMALL, resolved


def run(*args, **options):
    return CliRunner().invoke(policy, [*map(str, args)], catch_exceptions=False, **options)


@pytest.fixture
def file(tmp_path):
    """file(…changes) writes the small policy and returns its path."""

    def write(name="policy.yaml", **changes):
        path = tmp_path / name
        path.write_text(yaml.safe_dump({**SMALL, **changes}, allow_unicode=True), encoding="utf-8")
        return path

    return write


@pytest.fixture
def bare_site(app):
    return transact(
        lambda connection: sites.create(
            connection, name="Bare", origins=["https://bare.example"], key="bare", now=clock.now()
        )
    )


def test_init_prints_a_policy_that_passes_its_own_check(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(run("init").output, encoding="utf-8")
    checked = run("check", path)
    assert (checked.exit_code, checked.output) == (0, "No findings.\n")


def test_check_names_place_and_fix_and_fails(file):
    result = run("check", file(consent={"cookie": "a b"}))
    assert result.exit_code == 1
    assert "consent.cookie" in result.output
    assert "cookie_name_invalid" in result.output
    assert "letters, digits" in result.output


def test_check_reads_a_document_that_cannot_be_parsed(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("a: 1\na: 2")
    result = run("check", path)
    assert result.exit_code == 1
    assert "Line 2" in result.output


def test_a_warning_does_not_fail_the_check(file):
    result = run("check", file(consent_mode={"mode": "advanced"}))
    assert result.exit_code == 0
    assert "consent_mode_advanced" in result.output


def test_check_speaks_json(file):
    (finding,) = json.loads(run("check", "--format", "json", file(consent={"cookie": "a b"})).output)
    assert finding == {
        "code": "cookie_name_invalid",
        "path": "consent.cookie",
        "message": "'a b' cannot be the name of our cookie.",
        "fix": "Use letters, digits, _ and -.",
        "severity": "error",
        "article": None,
    }


def test_check_names_the_article_that_a_finding_rests_on(file):
    weaker = file(layout={"buttons": ["accept", "settings"]})
    (finding,) = json.loads(run("check", "--format", "json", weaker).output)
    assert finding["article"] == "EDPB Cookie Banner Taskforce 8; CNIL recommendation 2020-092, 34"
    assert "Taskforce 8" in run("check", weaker).output


def test_publishing_says_number_version_and_reason(bare_site, file):
    result = run("publish", "--site", "bare", "--yes", file())
    assert result.exit_code == 0
    assert "Published as number 1" in result.output
    assert "the first publication" in result.output


def test_publishing_asks_first_and_a_no_publishes_nothing(bare_site, file):
    result = run("publish", "--site", "bare", file(), input="n\n")
    assert result.exit_code == 1
    assert "Visitors are asked again" in result.output
    assert "Nothing is published yet" in run("history", "--site", "bare").output


def test_publishing_after_a_yes_publishes(bare_site, file):
    assert run("publish", "--site", "bare", file(), input="y\n").exit_code == 0


def test_publishing_the_same_again_says_that_there_is_nothing_to_do(bare_site, file):
    run("publish", "--site", "bare", "--yes", file())
    assert "Nothing to publish" in run("publish", "--site", "bare", "--yes", file()).output


def test_a_refused_policy_is_not_published(bare_site, file):
    result = run("publish", "--site", "bare", "--yes", file(layout={"buttons": ["accept"]}))
    assert result.exit_code == 1
    assert "refusal_weaker" in result.output
    assert json.loads(run("history", "--site", "bare", "--format", "json").output) == []


def test_an_unknown_site_is_a_typed_error(app, file):
    with pytest.raises(sites.SiteUnknown):
        run("publish", "--site", "nope", "--yes", file())


def test_show_prints_the_services_or_the_document_that_is_hashed(bare_site, file):
    published = json.loads(run("publish", "--site", "bare", "--format", "json", file()).output)
    assert "marketo" in run("show", "--site", "bare").output
    document = json.loads(run("show", "--site", "bare", "--format", "json").output)
    assert [each["id"] for each in document["services"]] == ["consent", "ga4", "marketo"]
    one = run("show", "--site", "bare", "--format", "json", "--version", published["policy_version"][:16])
    assert json.loads(one.output) == document


def test_show_before_anything_is_published_says_so(bare_site):
    result = run("show", "--site", "bare")
    assert result.exit_code == 1
    assert "Nothing is published yet" in result.output


def test_diff_says_what_changes_and_whether_visitors_are_asked_again(bare_site, file):
    run("publish", "--site", "bare", "--yes", file())
    words = run("diff", "--site", "bare", file(texts={"ja": {"title": "題"}}))
    assert "texts.ja.title" in words.output
    assert "keep their decisions" in words.output
    more = run("diff", "--site", "bare", file(services=[*SMALL["services"], CUSTOM], vendors=[ACME]))
    assert "new service chat" in more.output


def test_diff_of_the_same_says_that_there_is_none(bare_site, file):
    run("publish", "--site", "bare", "--yes", file())
    assert "There is no difference." in run("diff", "--site", "bare", file()).output


def test_rolling_back_publishes_an_older_version(bare_site, file):
    first = json.loads(run("publish", "--site", "bare", "--format", "json", file()).output)
    run("publish", "--site", "bare", "--yes", file(texts={"ja": {"title": "題"}}))
    result = run("rollback", "--site", "bare", first["policy_version"][:16])
    assert "Published as number 3" in result.output
    numbers = [each["number"] for each in json.loads(run("history", "--site", "bare", "--format", "json").output)]
    assert numbers == [3, 2, 1]


def test_every_reason_has_a_sentence():
    old = resolved(services=[CUSTOM], vendors=[ACME])
    changed = {
        **CUSTOM,
        "category": "analytics",
        "purpose": {"ja": "別", "en": "Other"},
        "acquires_as_personal_data": {"items": ["ip"]},
    }
    new = resolved(
        categories=["necessary", "analytics", "ma", "advertising"],
        services=[changed, {**CUSTOM, "id": "chat2", "vendor": "meta"}],
        vendors=[{**ACME, "name": "Buyer", "country": "CN"}],
    )
    for reason in (*compare(None, new).reasons, *compare(old, new).reasons):
        assert REASONS[reason.code].format(**{**reason.parts, "id": reason.id})


def test_a_site_that_asks_for_a_review_is_published_for_only_with_a_reason_and_that_is_noted(bare_site, file):
    run("publish", "--site", "bare", "--yes", file())
    transact(lambda c: require_review(c, bare_site.id, needed=True))
    other = file("other.yaml", texts={"ja": {"title": "別"}})
    refused = run("publish", "--site", "bare", "--yes", other)
    assert refused.exit_code == 1
    assert "--without-review" in refused.output
    assert run("publish", "--site", "bare", "--yes", "--without-review", " ", other).exit_code == 2
    made = run("publish", "--site", "bare", "--yes", "--without-review", "The reviewer is ill", other)
    assert made.exit_code == 0, made.output
    with db.engine.connect() as connection:
        noted = deeds.of_site(connection, bare_site.id)[0][0]
    assert (noted.what, noted.by) == ("published_without_review", None)
    assert noted.details["reason"] == "The reviewer is ill"
    assert noted.details["number"] == 2


def test_rolling_back_without_a_review_needs_a_reason_too(bare_site, file):
    first = json.loads(run("publish", "--site", "bare", "--yes", "--format", "json", file()).output)["policy_version"]
    run("publish", "--site", "bare", "--yes", file("other.yaml", texts={"ja": {"title": "別"}}))
    transact(lambda c: require_review(c, bare_site.id, needed=True))
    assert run("rollback", "--site", "bare", first).exit_code == 1
    assert run("rollback", "--site", "bare", "--without-review", "It broke the page", first).exit_code == 0


def test_where_no_review_is_asked_for_there_is_nothing_to_note(bare_site, file):
    assert run("publish", "--site", "bare", "--yes", "--without-review", "whatever", file()).exit_code == 0
    with db.engine.connect() as connection:
        assert deeds.of_site(connection, bare_site.id)[0] == []
