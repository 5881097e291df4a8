import pytest

from tests.ledger.site_log import SiteLog


@pytest.fixture
def log(app, site):
    """The log of a site, with nothing pending and nothing signed but the publication of its policy."""
    made = SiteLog(site)
    made.sequence()
    made.publish()
    return made
