import pytest

from consent import clock
from consent.db import transact
from consent.notices import register

# Written for these tests; it says what such texts say, in words of its own.
TEXT = """個人情報の取り扱いについて

当社は、次の方針に従います。
1. アクセス解析
このサイトでは Google Analytics を使い、閲覧の状況を調べます。
データは米国で取り扱われることがあります。
"""


@pytest.fixture
def add_notice(site):
    """add_notice(version="2"): registers a text, as the command line does."""

    def go(user=None, **changes):
        given = {"version": "1", "language": "ja", "effective_on": "2026-04-01", "text": TEXT, **changes}
        return transact(lambda connection: register.add(connection, site.id, **given, user=user, now=clock.now()))

    return go
