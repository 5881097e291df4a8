"""People who sign in to the web UI, each in a browser of their own."""

from copy import copy

from argon2 import PasswordHasher

from consent import clock, db, sites
from consent.accounts import roles, users

PASSWORD = "seven green bicycles"
# As cheap as argon2 allows: a hash says itself what checking it costs, and these people sign in some thousand times.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
ORIGIN = "https://consent.example.net"


def new_user(email, *, language="en", creates_sites=False, owns=None):
    """`owns`: the key of a site."""

    def unit(connection):
        made = users.create(
            connection,
            email=email,
            name=email.partition("@")[0].title(),
            password_hash=_HASH,
            language=language,
            time_zone="Asia/Tokyo",
            may_create_sites=creates_sites,
            now=clock.now(),
        )
        if owns:
            site_id = sites.find(connection, owns).id
            roles.grant(connection, user_id=made.id, site_id=site_id, role="owner", now=clock.now())
        return made

    return db.transact(unit)


def sign_in_with_browser(page, platform, email):
    """The browser has the session then, and shows nothing yet. The form itself is pressed in test_sign_in_form."""
    form, headers = {"email": email, "password": PASSWORD}, {"Origin": platform.url}
    answer = page.request.post(f"{platform.url}/admin/sign-in", form=form, headers=headers, max_redirects=0)
    assert answer.status == 303
    return page


class Person:
    """`get` and `post` as a browser sends them: cookies kept, the Origin named."""

    def __init__(self, app, email, *, language="en", creates_sites=False):
        self.client = app.test_client()
        self.email = email
        self.user = new_user(email, language=language, creates_sites=creates_sites)

    def elsewhere(self, app):
        """The same person in another browser."""
        other = copy(self)
        other.client = app.test_client()
        return other

    def get(self, path, **more):
        return self.client.get(path, base_url=ORIGIN, **more)

    def post(self, path, data=None, *, origin=ORIGIN, **more):
        headers = {"Origin": origin, **more.pop("headers", {})}
        return self.client.post(path, base_url=ORIGIN, data=data or {}, headers=headers, **more)

    def sign_in(self, password=PASSWORD, **more):
        return self.post("/admin/sign-in", {"email": self.email, "password": password}, **more)

    def becomes(self, role, site, *, expires_ms=None):
        db.transact(
            lambda connection: roles.grant(
                connection,
                user_id=self.user.id,
                site_id=site.id,
                role=role,
                now=clock.now(),
                expires_ms=expires_ms,
            )
        )
        return self
