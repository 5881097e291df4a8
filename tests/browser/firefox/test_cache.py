"""With a platform that is dead, in a browser that has intercepted nothing: to do so switches Firefox's cache off for good."""

import pytest

from tests.browser.conftest import mortal_platform  # noqa: F401
from tests.browser.firefox.conftest import firefox
from tests.browser.test_outbox import (  # noqa: F401  (the same test)
    policy,
    test_while_the_platform_is_down_the_cached_script_asks_and_keeps_the_answer,
)


@pytest.fixture(scope="session")
def browser(playwright):
    with firefox(playwright) as browser:
        yield browser
