"""The blueprint of the web UI: who is asking, may they, in which language; errors are pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from consent import clock, own_page
from consent.accounts import roles, sessions
from consent.accounts.safe import Seal
from consent.accounts.sessions import COMPLETE, Session
from consent.accounts.users import User
from consent.admin import words
from consent.admin.rules import OWNERS, READERS, SIGNED_IN, RoleMissing, Rule, rule_of
from consent.config import Config
from consent.db import OUTAGES, db, transact
from consent.errors import BodyMalformed, ConsentError, DatabaseUnavailable
from consent.http import LARGEST_BODY
from consent.jobs import Job
from consent.ratelimit import Limit
from consent.records import client
from consent.sites import Site, SiteUnknown, find

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SIGN_IN_LIMIT = "20/minute"
FETCH_LIMIT = "10/minute"
MAIL_LIMIT = "5/minute"


@dataclass(frozen=True)
class Here:
    """The site of the address, and what the user is on it."""

    site: Site
    role: str


# endpoint, its text, and the rule of its view: what somebody may not open is not offered
NAVIGATION = (
    ("site", "overview", READERS),
    ("policy", "policy", READERS),
    ("notices", "notices", READERS),
    ("registers", "registers", READERS),
    ("evidence", "evidence", READERS),
    ("install", "install", READERS),
    ("people", "people", OWNERS),
    ("api_tokens", "tokens", OWNERS),
    ("site_deeds", "deeds", OWNERS),
    ("site_settings", "settings", OWNERS),
)


def site_nav(role: str) -> list[tuple[str, str]]:
    return [(endpoint, label) for endpoint, label, rule in NAVIGATION if role in rule.roles]


def init_app(app: Flask, config: Config) -> None:
    app.extensions["consent.seal"] = Seal(config.secret_keys)
    app.extensions["consent.signin.limit"] = Limit(SIGN_IN_LIMIT, config.rate_limit_storage, "signin")
    app.extensions["consent.fetch.limit"] = Limit(FETCH_LIMIT, config.rate_limit_storage, "fetch")
    app.extensions["consent.mail.limit"] = Limit(MAIL_LIMIT, config.rate_limit_storage, "mail")


def register(app: Flask) -> None:
    app.jinja_env.filters["last_day"] = words.last_day
    app.jinja_env.filters["moment"] = words.moment
    app.jinja_env.filters["language"] = words.language
    app.jinja_env.filters["number"] = words.number
    app.jinja_env.filters["percent"] = words.percent
    app.jinja_env.filters["points"] = words.points
    app.register_blueprint(blueprint)


def seal() -> Seal:
    found: Seal = current_app.extensions["consent.seal"]
    return found


def settings() -> Config:
    found: Config = current_app.extensions["consent.config"]
    return found


def _over_tls() -> bool:
    return settings().public_url.startswith("https:")


def cookie_name(what: str = "session") -> str:
    """`__Host-`: over TLS only, to this host only (RFC 6265bis). Without TLS, as on one's own machine, browsers refuse it."""
    return f"__Host-consent_{what}" if _over_tls() else f"consent_{what}"


def set_cookie(response: AnyResponse, name: str, value: str, age_s: int) -> None:
    """Out of reach for scripts and for forms of other sites."""
    response.set_cookie(name, value, max_age=age_s, path="/", secure=_over_tls(), httponly=True, samesite="Lax")


def delete_cookie(response: AnyResponse, name: str) -> None:
    response.delete_cookie(name, path="/", secure=_over_tls(), httponly=True, samesite="Lax")


def user() -> User:
    """Of a page that needs one."""
    found: User = g.session.user
    return found


def site() -> Site:
    """Of a page with a site in its address."""
    found: Here = g.here
    return found.site


@blueprint.url_value_preprocessor
def take_site_key(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views ask `site()`: the key alone would tempt them to look the site up without asking whose it is."""
    g.site_key, g.here = values.pop("site_key", None) if values else None, None


@blueprint.url_defaults
def stay_on_site(endpoint: str, values: dict[str, Any]) -> None:
    """Links lead to the same site where nothing else is said."""
    if g.get("site_key") and current_app.url_map.is_endpoint_expecting(endpoint, "site_key"):
        values.setdefault("site_key", g.site_key)


@blueprint.before_request
def admit() -> AnyResponse | None:
    """Raises SiteUnknown where they have nothing to do with the site, RoleMissing where they may not do this."""
    request.max_content_length = 4 * LARGEST_BODY
    g.session = _session()
    g.language, g.time_zone = _language(), g.session.user.time_zone if g.session else "UTC"
    rule = rule_of(current_app.view_functions[request.endpoint or ""])
    if rule is None:
        raise RuntimeError(f"{request.endpoint} states no rule")
    if request.method == "POST":
        own_page.check(request.headers, {settings().public_url, f"{request.scheme}://{request.host}"})
        _check_form()
    if not rule.signed_in:
        return None
    if g.session is None or g.session.stage != COMPLETE:
        return redirect(url_for("admin.sign_in") + "?" + urlencode({"next": request.full_path.rstrip("?")}), 303)
    if rule != SIGNED_IN:
        _check_rule(rule)
    return None


def _check_form() -> None:
    """PostgreSQL takes no NUL in a text: nobody types one. Raises BodyMalformed."""
    if any("\0" in value for values in request.form.listvalues() for value in values):
        raise BodyMalformed("A field of the form holds a NUL.")


def _session() -> Session | None:
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return None
    now = clock.now()
    with db.engine.connect() as connection:
        found = sessions.find(connection, token, now)
    if found and sessions.is_stale(found, now):
        transact(lambda connection: sessions.note_seen(connection, found.id, now))
    return found


def _check_rule(rule: Rule) -> None:
    if rule.may_create_sites and not user().may_create_sites:
        raise RoleMissing
    if rule.roles:
        g.here = _here(g.site_key)
        if g.here.role not in rule.roles:
            raise RoleMissing


def _here(key: str) -> Here:
    """Raises SiteUnknown, also for a site that is somebody else's: that it exists is none of their business."""
    with db.engine.connect() as connection:
        found = find(connection, key)
        role = roles.role_of(connection, user().id, found.id, clock.now())
    if role is None:
        raise SiteUnknown(key)
    return Here(found, role)


def _language() -> str:
    asked = request.args.get("lang", "")
    if asked in words.LANGUAGES:
        return asked
    if g.session:
        found: str = g.session.user.language
        return found
    return request.accept_languages.best_match(words.LANGUAGES) or "en"


def text(path: str) -> str:
    """One text in the user's language: `part.key`."""
    part, *keys = path.split(".")
    found: Any = words.texts(g.language)[part]
    for key in keys:
        found = found[key]
    return str(found)


def explained(error: ConsentError) -> str:
    """In the user's language. What it says itself is English, and stands in for words that are missing in English alone."""
    return said_of(error.code) or (error.detail if g.language == "en" else text("refused.other.body"))


def said_of(code: str) -> str:
    """The words for an error's code in the user's language, of forms or of whole pages; empty where there are none."""
    texts = words.texts(g.language)
    return str(texts["errors"].get(code) or texts["refused"].get(code, {}).get("body", ""))


def failure(job: Job | None) -> str:
    """Why the last attempt at a job failed, in the user's language; empty where none has."""
    if job is None or job.error_code is None:
        return ""
    other = str(job.error) if g.language == "en" else text("errors.job_failed")
    return (said_of(job.error_code) or other).replace("{job}", str(job.id))


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the user's language: `t` has every text, `session` and `here` say who is where."""
    html = render_template(
        f"admin/{template}",
        t=words.texts(g.language),
        lang=g.language,
        session=g.get("session"),
        here=g.get("here"),
        now=clock.to_ms(clock.now()),
        site_nav=site_nav,
        **values,
    )
    return Response(html, status, {"Cache-Control": "private, no-store", "Referrer-Policy": "same-origin"})


def to(endpoint: str, **values: Any) -> AnyResponse:
    """After a form: the page where its result is to be seen."""
    return redirect(url_for(f"admin.{endpoint}", **values), 303)


def device() -> dict[str, str]:
    """The two coarse words that the list of sessions shows."""
    agent = request.headers.get("User-Agent", "")
    return {"browser_family": client.browser_family(agent), "device_class": client.device_class(agent)}


def _refused(status: int, code: str, detail: str, headers: Mapping[str, str]) -> Response:
    response = page("refused.html", status, code=code, why=said_of(code), detail=detail)
    response.headers.update(headers)
    return response


@blueprint.errorhandler(ConsentError)
def of_error(error: ConsentError) -> Response:
    return _refused(error.status, error.code, error.detail, error.headers)


@blueprint.errorhandler(HTTPException)
def of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    return _refused(status, status.name.lower(), error.description or status.phrase, {})


def of_outage(_error: Exception) -> Response:
    return of_error(DatabaseUnavailable())


for _outage in OUTAGES:
    blueprint.register_error_handler(_outage, of_outage)
