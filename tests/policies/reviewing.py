"""A site that asks for a second person, and what people do there, a transaction each."""

from datetime import UTC, datetime

from consent.db import db, transact
from consent.policies import asking, drafts, publish, review, writing
from consent.sites.settings import require_review
from tests.policies.policy import source

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TARO, HANAKO, JIRO = 1, 2, 3


def titled(title):
    return writing.text(source(texts={"ja": {"title": title}}))


def read(query, *given):
    with db.engine.connect() as connection:
        return query(connection, *given)


class Desk:
    """The policy of one site."""

    def __init__(self, site, *, needs_review=True):
        self.id = site.id
        self.edition = 0
        self.require(needs_review)

    def require(self, needed):
        return transact(lambda c: require_review(c, self.id, needed=needed))

    def write(self, title, user_id=TARO):
        text, edition = titled(title), self.edition
        transact(lambda c: drafts.save(c, self.id, text, edition=edition, user_id=user_id, now=NOW))
        self.edition += 1

    def ask(self, user_id=TARO):
        given = {"edition": self.edition, "user_id": user_id, "now": NOW}
        transact(lambda c: asking.ask_about_draft(c, self.id, **given))
        return self.newest().id

    def answer(self, review_id, user_id=HANAKO, *, approves=True, comment=""):
        given = {"approves": approves, "comment": comment, "user_id": user_id, "now": NOW}
        return transact(lambda c: review.answer(c, self.id, review_id, **given))

    def newest(self):
        return read(review.newest, self.id)

    def publish(self):
        return transact(lambda c: drafts.publish_draft(c, self.id, edition=self.edition, now=NOW, published_by="taro"))

    def publish_file(self, title, **more):
        document = source(texts={"ja": {"title": title}})
        return transact(lambda c: publish.publish(c, self.id, document, NOW, published_by="cli", **more))

    def current(self):
        return read(publish.current, self.id)
