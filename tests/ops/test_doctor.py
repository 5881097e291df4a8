"""`consent doctor` names each usual misconfiguration, and says what to do about it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from consent import clock, sites
from consent.cli import main
from consent.db import db, transact
from consent.factory import create_app
from consent.ops.doctor import examine
from consent.sites.models import site_table
from tests.conftest import SECRET, settings
from tests.mailbox import running
from tests.redis_server import PASSWORD, running_redis

PRODUCTION = {"public_url": "https://consent.example.com", "trusted_proxies": "1", "workers": "1"}


def complaints(config):
    """{check: (problem, what to do)} of what does not hold."""
    return {check.name: (check.problem, check.fix) for check in examine(config) if not check.holds}


@pytest.fixture
def of_app(app, database_url, tmp_path):
    """What the doctor finds with other settings on the same database."""
    return lambda **changes: complaints(settings(database_url, tmp_path, **{**PRODUCTION, **changes}))


def run(**environment):
    """The command as an operator types it, with nothing in the environment but this."""
    cleared = {f"CONSENT_{name}": None for name in ("DATA_DIR", "DATABASE_URL", "SECRET_KEYS", "PUBLIC_URL")}
    return CliRunner().invoke(main, ["doctor"], env={**cleared, **environment})


def make(key, origins, domain=None):
    transact(lambda c: sites.create(c, name=key, origins=origins, key=key, cookie_domain=domain, now=clock.now()))


def test_a_sound_installation_has_no_complaint(of_app, site):
    assert of_app() == {}


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (None, "CONSENT_SECRET_KEYS is not set"),
        ("", "CONSENT_SECRET_KEYS is empty"),
        ("change-me-change-me-change-me-change-me", "placeholder"),
    ],
)
def test_a_missing_or_placeholder_secret_is_told_with_how_to_make_one(secret, said):
    result = run(CONSENT_SECRET_KEYS=secret)
    assert result.exit_code == 1
    assert said in result.output
    assert "openssl rand -hex 32" in result.output


def test_a_data_folder_that_cannot_be_made_is_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    result = run(CONSENT_SECRET_KEYS=SECRET, CONSENT_DATA_DIR=str(tmp_path / "file" / "data"))
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "CONSENT_DATA_DIR" in result.output
    assert "cannot be made" in result.output


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path):
    """/proc: nobody may make a file there, root neither."""
    config = settings(f"sqlite:///{tmp_path}/x.sqlite", "/proc")
    with create_app(config).app_context():
        problem, fix = complaints(config)["data folder"]
        db.engine.dispose()
    assert "/proc cannot be written to" in problem
    assert "CONSENT_DATA_DIR" in fix


def test_on_postgresql_nothing_is_written_into_the_data_folder(tmp_path):
    config = settings("postgresql+psycopg://nobody@127.0.0.1:1/none", "/proc")
    with create_app(config).app_context():
        assert "data folder" not in complaints(config)


def test_an_unreachable_database_is_told_with_the_drivers_reason(tmp_path):
    config = settings("postgresql+psycopg://nobody:geheim@127.0.0.1:1/none", tmp_path)
    with create_app(config).app_context():
        found = complaints(config)
    assert "cannot be reached" in found["database"][0]
    assert "CONSENT_DATABASE_URL" in found["database"][1]
    assert "refused" in found["database"][1]
    assert "not checked" in found["sites"][0]
    assert "geheim" not in str(found)
    answer = create_app(config).test_client().get("/readyz")
    assert "driver" not in answer.text, "a probe learns no more than it needs"


def test_pending_migrations_are_told_with_the_command(tmp_path):
    config = settings(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path)
    with create_app(config).app_context():
        problem, fix = complaints(config)["migrations"]
        db.engine.dispose()
    assert "the database is at nothing" in problem
    assert "consent db upgrade" in fix


def test_a_public_address_without_tls_is_told(of_app, site):
    problem, fix = of_app(public_url="http://consent.example.com")["public address"]
    assert "is not https" in problem
    assert "CONSENT_PUBLIC_URL" in fix
    assert of_app(public_url="http://localhost:8000") == {}, "for trying out it may be so"


def test_no_trusted_proxy_in_production_is_told(of_app, site):
    problem, fix = of_app(trusted_proxies="0")["client addresses"]
    assert "CONSENT_TRUSTED_PROXIES is 0" in problem
    assert "number of proxies" in fix
    assert "client addresses" not in of_app(trusted_proxies="0", public_url="http://localhost:8000")


def test_rate_limits_that_each_process_counts_by_itself_are_told(of_app, site, app):
    found = of_app(workers="4")
    if app.extensions["consent.config"].on_sqlite:
        assert "rate limits" not in found, "one process counts everything"
        return
    problem, fix = found["rate limits"]
    assert "each web process counts by itself" in problem
    assert "redis://" in fix
    assert "rate limits" not in of_app(workers="1")
    assert "rate limits" in of_app(workers="0"), "the number is chosen, and is not one"


def test_a_storage_that_cannot_count_is_told_without_its_password(of_app, site):
    with running_redis() as counter:
        assert "rate limits" not in of_app(workers="4", rate_limit_storage=counter.url)
        problem, _ = of_app(workers="4", rate_limit_storage=counter.url.replace(PASSWORD, "geheim"))["rate limits"]
        assert "invalid username-password pair" in problem
        assert "geheim" not in problem
    problem, fix = of_app(workers="4", rate_limit_storage=counter.url)["rate limits"]
    assert "the storage cannot count" in problem
    assert "refused" in problem
    assert PASSWORD not in problem
    assert "CONSENT_RATE_LIMIT_STORAGE" in fix


def test_a_mail_server_is_greeted_and_what_is_wrong_with_it_is_told(of_app, site):
    with running() as (_, port):
        assert of_app(smtp_url=f"smtp://127.0.0.1:{port}?tls=off", mail_from="a@example.com") == {}
        problem, fix = of_app(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="a@example.com")["mail"]
    assert "SMTPNotSupportedError" in problem
    assert "CONSENT_SMTP_URL" in fix
    assert "mail" in of_app(smtp_url=f"smtp://127.0.0.1:{port}?tls=off", mail_from="a@example.com")


def test_no_site_and_no_policy_are_told_with_the_command(of_app):
    assert "consent site create" in of_app()["sites"][1]
    make("new", ["https://www.new.example"])
    assert of_app()["site new"] == ("has no published policy", "consent policy publish --site new policy.yaml")


def problems_of(app, key, config):
    return [
        f"{check.problem} → {check.fix}" for check in examine(config) if check.name == f"site {key}" and check.problem
    ]


@pytest.mark.parametrize(
    ("origins", "domain", "said"),
    [
        (["https://www.example.com"], "example.com", []),
        (["https://example.com", "https://shop.example.com"], "example.com", []),
        (["https://www.example.com", "https://www.other.example"], "example.com", ["does not cover https://www.other.example"]),
        (["https://notexample.com"], "example.com", ["does not cover https://notexample.com"]),
        (["https://www.example.net"], "example.net", ["no browser takes its cookie from https://consent.example.com"]),
        (["http://www.example.com"], None, ["has http origins: http://www.example.com"]),
        (["http://localhost:8001", "http://127.0.0.1:8001"], None, []),
        (["http://localhost.evil.example"], None, ["has http origins"]),
    ],
)  # fmt: skip
def test_origins_and_cookie_domain_have_to_fit(app, database_url, tmp_path, origins, domain, said):
    make("shop", origins, domain)
    config = settings(database_url, tmp_path, **PRODUCTION)
    found = [problem for problem in problems_of(app, "shop", config) if "published" not in problem]
    assert len(found) == len(said)
    assert all(words in problem for words, problem in zip(said, found, strict=True))


def test_a_public_suffix_that_a_site_has_from_before_is_named(app, database_url, tmp_path):
    make("shop", ["https://www.example.co.jp"])
    transact(lambda c: c.execute(update(site_table).values(cookie_domain="co.jp")))
    config = settings(database_url, tmp_path, **{**PRODUCTION, "public_url": "https://consent.example.co.jp"})
    (problem,) = [each for each in problems_of(app, "shop", config) if "published" not in each]
    assert "cookie domain co.jp, for which no browser takes a cookie" in problem
    assert "example.co.jp" in problem


def test_every_complaint_says_what_to_do(of_app):
    make("shop", ["http://www.other.example"], "example.net")
    found = of_app(public_url="http://consent.example.com", trusted_proxies="0")
    assert len(found) >= 3
    assert [name for name, (_, fix) in found.items() if not fix] == []
