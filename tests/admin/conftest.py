import pytest

from tests.admin.people import Person
from tests.browser.conftest import (  # noqa: F401  (the same Chromium and platform)
    browser_context_args,
    browser_type_launch_args,
    platform,
)


@pytest.fixture
def person(app):
    """Makes somebody who has signed in: person("editor", site)."""
    made = []

    def make(role=None, site=None, **more):
        each = Person(app, f"{role or 'stranger'}{len(made)}@example.com", **more)
        if role:
            each.becomes(role, site)
        assert each.sign_in().status_code == 303
        made.append(each)
        return each

    return make
