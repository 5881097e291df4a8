"""The API says what it does, and does what it says."""

import re
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consent import clock, sites
from consent.accounts import tokens
from consent.audit.bundle import jobs as bundle_jobs
from consent.audit.bundle import plan as plans
from consent.audit.bundle import ranges
from consent.db import db, transact
from consent.factory import create_app
from consent.policies import publish
from consent.policies.document import read
from consent.worker import publish as publish_checkpoints
from consent.worker import run_job, sequence
from tests.conftest import ORIGIN, fresh_sqlite
from tests.conftest import settings as settings_of
from tests.people import Visitor, example_policy

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def document_of(client):
    return client.get("/api/v1/openapi.json").json


@pytest.fixture
def document(app):
    return document_of(app.test_client())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_document_is_valid_openapi_3_1(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_api_route_is_in_the_document(app, document):
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")} - {
        "/api/v1/openapi.json"
    }
    assert {re.sub(r"<(\w+)>", r"{\1}", rule) for rule in routes} == set(document["paths"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_code_that_the_rooms_can_raise_is_described(app):
    """docs/reference/errors.md lists every stable code: clients depend on them."""
    from pathlib import Path

    from consent.errors import ConsentError

    def family(kind):
        return [kind, *(child for sub in kind.__subclasses__() for child in family(sub))]

    text = (Path(__file__).parents[2] / "docs" / "reference" / "errors.md").read_text()
    ours = [kind for kind in family(ConsentError)[1:] if kind.__module__.startswith("consent.")]
    assert [kind.code for kind in ours if f"| `{kind.code}` | {kind.status} |" not in text] == []


def bundle_of_everything(connection, site):
    period = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2100, 1, 1, tzinfo=UTC)}
    (found,) = ranges.covering(connection, site.id, *period.values())
    plan = plans.of_range(found, site_key=site.key, mode="full", reason="tests", by="tests", **period)
    return bundle_jobs.ask(connection, plan, clock.now())


@pytest.fixture
def running(migrated_sqlite, tmp_path):
    """A running application with a site, and tokens that the requests may use."""
    app = create_app(settings_of(fresh_sqlite(migrated_sqlite, tmp_path), tmp_path))
    with app.app_context():

        def unit(connection):
            site = sites.create(connection, name="Example", origins=[ORIGIN], key="example", now=clock.now())
            publish.publish(connection, site.id, read(example_policy()), now=clock.now(), published_by="tests")
            made = {
                role: tokens.create(connection, role=role, site_id=site.id, label="", days=1, now=clock.now())
                for role in tokens.ROLES
            }
            return made, site

        made, site = transact(unit)
        answer = Visitor(app.test_client(), site).decide()
        sequence()
        publish_checkpoints()
        bundle = transact(lambda connection: bundle_of_everything(connection, site))
        run_job()
        yield app, {**made, "receipt": answer.json["receipt"]["token"], "bundle": str(bundle.id)}
        db.engine.dispose()


OPERATIONS = (
    "/api/v1/sites/{site_key}/records",
    "/api/v1/sites/{site_key}/state",
    "/api/v1/sites/{site_key}/export",
    "/api/v1/receipts/{token}",
    "/api/v1/receipts/{token}/copy",
    "/api/v1/receipts/{token}/iso-27560",
    "/api/v1/receipts/{token}/kantara",
    "/api/v1/sites/{site_key}/bundles",
    "/api/v1/sites/{site_key}/bundles/{bundle_id}",
    "/api/v1/sites/{site_key}/bundles/{bundle_id}/file",
)


# schemathesis reads an answer that is a file to its end and leaves it open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", OPERATIONS)
def test_the_running_application_keeps_to_its_document(running, path):
    """Random requests, most of them to a real site with a token that opens it."""
    app, made = running
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = next(found for found in (each.ok() for each in schema.get_all_operations()) if found.path == path)
    token = made["auditor" if "bundles" in path or path.endswith("export") else "site"]
    statuses = set()

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(), real=st.sampled_from((True, True, True, False)))
    def holds(case, real):
        if real:
            known = {"site_key": "example", "token": made["receipt"], "bundle_id": made["bundle"]}
            case.path_parameters = {name: known[name] for name in case.path_parameters}
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=list(CHECKS))
        statuses.add(answer.status_code)

    holds()
    assert statuses - {404}, "every request missed"


def test_a_view_that_breaks_its_document_is_caught(running):
    app, made = running
    app.view_functions["records.visitor_state"] = lambda site_key: ({"surprise": True}, 200)
    with pytest.raises(BaseExceptionGroup) as caught:
        test_the_running_application_keeps_to_its_document((app, made), OPERATIONS[1])
    assert any("Response violates schema" in str(each) for each in caught.value.exceptions)
