"""The real application on real databases. A test that takes `app` runs on SQLite and on PostgreSQL."""

import copy
import gc
import shutil
import uuid
from datetime import timedelta
from functools import cache, partial

import hypothesis
import pytest
from sqlalchemy import make_url

from consent import clock, config, db, schema, sites
from consent.accounts import tokens
from consent.factory import furnish, routed
from consent.policies import publish
from consent.policies.document import read
from tests.in_memory import keep_files_in_memory
from tests.people import Visitor, example_policy
from tests.postgres import running_cluster
from tests.registering import add_confirmation, add_transfer, told  # noqa: F401  (fixtures of several rooms)

keep_files_in_memory()
# An example that took long says something about the machine, not about the code.
hypothesis.settings.register_profile(
    "untimed", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def pytest_collection_finish():
    """What was collected stays to the end: a twentieth of the time went by visiting it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


SECRET = "0123456789abcdef-of-the-tests-0123456789"
ORIGIN = "https://www.example.com"


def settings(database_url, data_dir, **more):
    environment = {
        "CONSENT_SECRET_KEYS": SECRET,
        "CONSENT_DATABASE_URL": database_url,
        "CONSENT_DATA_DIR": str(data_dir),
        "CONSENT_PUBLIC_URL": "https://consent.example.net",
        "CONSENT_RATE_LIMIT_RECORDS": "off",
        "CONSENT_LOG_LEVEL": "error",
        "CONSENT_THREADS": "4",
        **{f"CONSENT_{name.upper()}": value for name, value in more.items()},
    }
    return config.load(environment)


bare_app = cache(routed)


def create_app(settings):
    """As the factory's, with routes and compiled templates made once for all tests: they are most of its work."""
    app = copy.copy(bare_app())
    app.config, app.extensions = copy.copy(app.config), {**app.extensions}
    app.view_functions = {**app.view_functions}
    for hooks in ("before_request_funcs", "after_request_funcs", "teardown_appcontext_funcs"):
        setattr(app, hooks, copy.deepcopy(getattr(app, hooks)))
    return furnish(app, settings)


def migrate(database_url, data_dir):
    app = create_app(settings(database_url, data_dir))
    with app.app_context():
        schema.upgrade()
        db.db.engine.dispose()


@pytest.fixture(scope="session")
def postgres():
    with running_cluster() as cluster:
        cluster.create_database("migrated")
        migrate(cluster.url("migrated"), cluster.folder)
        yield cluster


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite:///{folder}/consent.sqlite", folder)
    return folder / "consent.sqlite"


def fresh_sqlite(template, tmp_path):
    shutil.copy(template, tmp_path / "consent.sqlite")
    return f"sqlite:///{tmp_path}/consent.sqlite"


def fresh_postgres(postgres, template="migrated"):
    name = f"test_{uuid.uuid4().hex}"
    postgres.create_database(name, template=template)
    return postgres.url(name)


AS_GOOD_AS_NEW = timedelta(seconds=30)


class WithSite:
    """A database with the site of the tests in it, to be copied: publishing for each test would take longer than most tests.

    It is made anew where the clock, which a test may have set, is not the one it was made by: an entry of the log that
    waits for long is something that the platform complains of.
    """

    def __init__(self, make):
        self._make, self._made, self._template = make, clock.from_ms(0), None

    def template(self):
        if abs(clock.now() - self._made) > AS_GOOD_AS_NEW:
            self._made, self._template = clock.now(), self._make()
        return self._template


def publish_example(database_url, data_dir):
    with create_app(settings(database_url, data_dir)).app_context():
        db.transact(partial(made_site, "Example", ORIGIN))
        db.db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_with_site(postgres):
    def make():
        url = fresh_postgres(postgres)
        publish_example(url, postgres.folder)
        return make_url(url).database

    return WithSite(make)


@pytest.fixture(scope="session")
def sqlite_with_site(migrated_sqlite, tmp_path_factory):
    def make():
        folder = tmp_path_factory.mktemp("with_site")
        publish_example(fresh_sqlite(migrated_sqlite, folder), folder)
        assert not list(folder.glob("consent.sqlite-*")), "everything is in the file that is copied"
        return folder / "consent.sqlite"

    return WithSite(make)


def published_before(request):
    return "site" in request.fixturenames and not request.node.get_closest_marker("published_now")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Of a database of the test's own. Where the test takes `site`, that is in it."""
    with_site = published_before(request)
    if request.param == "sqlite":
        migrated = request.getfixturevalue("migrated_sqlite")
        template = request.getfixturevalue("sqlite_with_site").template() if with_site else migrated
        yield fresh_sqlite(template, tmp_path)
        return
    cluster = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_with_site").template() if with_site else "migrated"
    url = fresh_postgres(cluster, template)
    yield url
    cluster.drop_database(make_url(url).database)


@pytest.fixture
def app(database_url, tmp_path):
    app = create_app(settings(database_url, tmp_path))
    with app.app_context():
        yield app
        db.db.engine.dispose()


@pytest.fixture
def app_with(database_url, tmp_path):
    """Makes an application with other settings: app_with(metrics="on")."""
    made = []

    def make(**changes):
        made.append(create_app(settings(database_url, tmp_path, **changes)))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.db.engine.dispose()


@pytest.fixture
def client(app):
    return app.test_client()


@cache
def example_source():
    return read(example_policy())


def made_site(name, origin, connection):
    """A site with a published policy; its key is its name in small letters."""
    made = sites.create(connection, name=name, origins=[origin], key=name.lower(), now=clock.now())
    publish.publish(connection, made.id, copy.deepcopy(example_source()), now=clock.now(), published_by="tests")
    return made


@pytest.fixture
def site(request, app):
    """A site with a published policy, in the database already unless the test is marked `published_now`."""
    if not published_before(request):
        return db.transact(partial(made_site, "Example", ORIGIN))
    with db.db.engine.connect() as connection:
        return sites.find(connection, "example")


@pytest.fixture
def other_site(app):
    return db.transact(partial(made_site, "Other", "https://other.example"))


@pytest.fixture
def visitor(client, site):
    return Visitor(client, site)


@pytest.fixture
def token_for(app):
    """Makes a bearer token: token_for("auditor", site)."""

    def make(role, site, days=1):
        return db.transact(
            lambda connection: tokens.create(
                connection, role=role, site_id=site.id, label="tests", days=days, now=clock.now()
            )
        )

    return make
