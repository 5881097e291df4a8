import json

import pytest
import yaml
from sqlalchemy import select

from consent import clock
from consent.db import db, transact
from consent.policies import publish
from consent.policies.document import read
from consent.records.models import record_table
from tests.browser.conftest import (  # noqa: F401  (the same Chromium, platform and marketing site)
    browser_context_args,
    browser_type_launch_args,
    platform,
    shop,
    shop_server,
    vendors,
)
from tests.people import example_policy
from tests.visitors.form import Browser


@pytest.fixture
def browser_of(app):
    """A browser of its own for each visitor."""
    return lambda site: Browser(app.test_client(), site)


@pytest.fixture
def visit(browser_of, site):
    return browser_of(site)


@pytest.fixture
def records():
    """What is stored, with categories and services as dictionaries."""

    def rows():
        with db.engine.connect() as connection:
            found = connection.execute(select(record_table).order_by(record_table.c.id)).mappings().all()
        return [{**row, **{name: json.loads(row[name]) for name in ("categories", "services")}} for row in found]

    return rows


@pytest.fixture
def publish_for(app):
    """Publishes the example policy with some members replaced: publish_for(site, languages=["ja"])."""

    def again(site, **changes):
        policy = {**yaml.safe_load(example_policy()), **changes}
        document = read(yaml.safe_dump(policy, allow_unicode=True).encode())
        made = transact(lambda c: publish.publish(c, site.id, document, now=clock.now(), published_by="tests"))
        app.extensions["consent.policies"].published.cache.clear()
        return made

    return again
