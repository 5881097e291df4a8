"""The first layer says that it was shown, where the policy counts: once for each view, and without anything else."""

from sqlalchemy import func, select

from consent.db import db
from consent.records.models import showing_table

ON = {"recording": {"ip_prefix": True, "browser": True, "showings": True}}


def told(banner):
    """The requests that said so, collected from now on."""
    sent = []
    banner.page.on("request", lambda r: sent.append(r) if r.method == "POST" and "/b/" in r.url else None)
    return sent


def views(banner):
    with banner.platform.app.app_context(), db.engine.connect() as connection:
        return connection.execute(select(func.sum(showing_table.c.views))).scalar() or 0


def test_each_view_with_a_question_is_counted_once(banner_of):
    banner = banner_of(**ON)
    sent, before = told(banner), views(banner)
    banner.open().asks()
    banner.settle()
    banner.page.evaluate("consent.show(1)")
    banner.page.reload()
    banner.asks()
    banner.settle()
    assert views(banner) - before == len(sent) == 2
    for request in sent:
        assert request.post_data is None
        assert "cookie" not in request.all_headers()


def test_whoever_has_decided_is_not_counted(banner_of):
    banner = banner_of(**ON)
    banner.open().reject()
    banner.delivered()
    sent = told(banner)
    banner.page.reload()
    banner.reopen()
    banner.settle()
    assert sent == []


def test_a_policy_that_does_not_count_sends_nothing(banner_of):
    banner = banner_of()
    sent = told(banner)
    banner.open().asks()
    banner.settle()
    assert sent == []
