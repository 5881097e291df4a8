"""The application: every room plugged in once, in the order of the floors."""

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from consent import admin, config, db, errors, logs, phrases, security
from consent.audit import bundle_views, log_views
from consent.audit import views as audit_views
from consent.banner import views as banner_views
from consent.disclosure import notice_pages
from consent.disclosure import pages as disclosure_pages
from consent.law import region
from consent.ledger import ledger
from consent.ops import views as ops_views
from consent.records import receipt_views
from consent.records import views as records_views
from consent.registers.holding import TransferLookup
from consent.sites.lookup import SiteLookup
from consent.visitors import erasure_pages, history_page, receipt_page
from consent.visitors import pages as visitor_pages
from consent.visitors import views as visitor_views

API_SETTINGS = {
    "API_TITLE": "Consent",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    },
}


class ProblemApi(Api):
    """flask-smorest, with our problem documents in place of its own error bodies."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # each view lists its problems itself

    def _register_error_handlers(self) -> None:
        """consent.errors has the one handler."""


def create_app(settings: config.Config | None = None) -> Flask:
    """Raises ConfigError where a setting is missing or wrong."""
    settings = settings or config.load()
    return furnish(routed(), settings)


def routed() -> Flask:
    """The routes and their handlers, the same whatever the settings."""
    app = Flask("consent", static_folder=str(config.ROOT / "static"), template_folder=str(config.ROOT / "templates"))
    app.config.from_mapping(API_SETTINGS)
    app.add_template_filter(phrases.phrased_page)
    errors.register(app)
    db.register(app)
    admin.register(app)
    api = ProblemApi(app)
    for blueprint in (
        records_views.blueprint,
        receipt_views.blueprint,
        visitor_views.blueprint,
        audit_views.blueprint,
        bundle_views.blueprint,
        log_views.blueprint,
    ):
        api.register_blueprint(blueprint)
    for pages in (
        banner_views.blueprint,
        visitor_pages.blueprint,
        history_page.blueprint,
        erasure_pages.blueprint,
        receipt_page.blueprint,
        disclosure_pages.blueprint,
        notice_pages.blueprint,
        ops_views.blueprint,
    ):
        app.register_blueprint(pages)
    return app


def furnish(app: Flask, settings: config.Config) -> Flask:
    """What depends on the settings: databases, keys, limits, logs. Raises ConfigError."""
    app.extensions["consent.config"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    security.init_app(app)
    logs.init_app(app, settings)
    db.init_app(app, settings)
    ledger.init_app(app, settings)
    app.extensions["consent.sites"] = SiteLookup()
    app.extensions["consent.transfers"] = TransferLookup()
    region.init_app(app, settings)
    records_views.init_app(app, settings)
    admin.init_app(app, settings)
    banner_views.init_app(app, settings)
    return app
