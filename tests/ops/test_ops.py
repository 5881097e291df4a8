"""For the people who run it."""

import json

import pytest
from click.testing import CliRunner

from consent import config
from consent.factory import create_app
from consent.ops.doctor import doctor, examine
from consent.serve import gunicorn_arguments
from tests.conftest import SECRET, settings


def test_it_is_healthy_and_ready(client, site):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)


def test_a_database_that_was_not_migrated_is_not_ready(tmp_path):
    app = create_app(settings(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "the program needs" in answer.json["checks"]["migrations"]


def test_a_database_that_is_gone_is_a_503_with_retry_after(tmp_path):
    app = create_app(settings("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    answer = client.get("/b/example.js")
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_metrics_are_served_only_where_they_are_switched_on(app_with):
    assert app_with().test_client().get("/metrics").status_code == 404
    answer = app_with(metrics="on").test_client().get("/metrics")
    assert b"consent_records_total" in answer.data


def test_the_log_holds_no_personal_data(app_with, capfd):
    app_with(log_level="info").test_client().get("/b/nobody.js?mail=a@example.com", headers={"User-Agent": "Agent/1"})
    (line,) = [line for line in capfd.readouterr().err.splitlines() if '"request"' in line]
    entry = json.loads(line)
    assert entry["route"] == "/b/<site_key>.js"
    assert not [word for word in ("127.0.0.1", "Agent", "mail", "nobody") if word in line]


def test_every_missing_or_wrong_setting_is_named_at_once():
    with pytest.raises(config.ConfigError) as caught:
        config.load({"CONSENT_PUBLIC_URL": "consent.example", "CONSENT_THREADS": "many"})
    text = str(caught.value)
    assert all(f"CONSENT_{name}" in text for name in ("SECRET_KEYS", "PUBLIC_URL", "THREADS"))


@pytest.mark.parametrize("secret", ["", "short", "change-me-change-me-change-me-change-me", "a" * 64])
def test_a_placeholder_is_no_secret(secret):
    with pytest.raises(config.ConfigError, match="SECRET_KEYS"):
        config.load({"CONSENT_SECRET_KEYS": secret})


def test_a_secret_comes_from_a_file(tmp_path):
    (tmp_path / "key").write_text(SECRET + "\n")
    assert config.load({"CONSENT_SECRET_KEYS_FILE": str(tmp_path / "key")}).secret_keys == (SECRET,)


def test_sqlite_gets_exactly_one_web_process_and_postgresql_several(tmp_path):
    on_sqlite = gunicorn_arguments(settings(f"sqlite:///{tmp_path}/x", tmp_path, workers="8"), None)
    on_postgresql = gunicorn_arguments(settings("postgresql+psycopg://x/y", tmp_path, workers="8"), None)
    assert on_sqlite[on_sqlite.index("--workers") + 1] == "1"
    assert on_postgresql[on_postgresql.index("--workers") + 1] == "8"


def test_the_doctor_finds_nothing_wrong_with_a_sound_installation(app, site):
    app.extensions["consent.config"] = settings("sqlite:///x", "/tmp", trusted_proxies="1")
    assert [check for check in examine(app.extensions["consent.config"]) if not check.holds] == []


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(app):
    app.extensions["consent.config"] = settings("sqlite:///x", "/tmp", public_url="http://consent.example.net")
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 1
    for words in ("is not https", "CONSENT_TRUSTED_PROXIES", "consent site create"):
        assert words in result.output
