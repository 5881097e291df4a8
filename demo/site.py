"""Midori Keisoku K.K., maker of environmental sensors: a demo marketing site on its own origin.

It embeds the platform with one tag, carries its vendors' snippets only in gated form, and
makes no request to any other host before a decision. Nothing it receives is stored or sent.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from demo.chart import area_path, line_path
from demo.content import LANGUAGES, load_content
from demo.enquiry import missing_fields

# Page name -> path below the language prefix. The viewer answers deep links for its client-side router.
PAGES = {
    "home": "/",
    "products": "/products/",
    "cases": "/cases/",
    "news": "/news/",
    "movie": "/movie/",
    "contact": "/contact/",
    "thanks": "/contact/thanks/",
    "privacy": "/privacy/",
    "viewer": "/viewer/",
    "webinar": "/webinar/",
    "hostile": "/hostile/",
    "strict": "/strict/",
    "developer": "/developer/",
}
PREFIX = {"ja": "", "en": "/en"}


def create_site(platform_url: str, site_key: str) -> Flask:
    """Build the site for one platform (its origin, e.g. http://127.0.0.1:8000) and one public site key."""
    app = Flask("demo")
    content = load_content()
    platform = platform_url.rstrip("/")
    for language in LANGUAGES:
        for page, path in PAGES.items():
            _add_page(app, language, page, path)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok", mimetype="text/plain"))
    app.jinja_env.globals.update(line_path=line_path, area_path=area_path, pages=PAGES)

    @app.context_processor
    def _page() -> dict[str, object]:
        return _variables(content, platform, site_key)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        if "csp_nonce" in g:
            response.headers["Content-Security-Policy"] = strict_policy(g.csp_nonce, platform)
        return response

    app.register_error_handler(404, lambda _: (render_template("missing.html"), 404))
    return app


def _add_page(app: Flask, language: str, page: str, path: str) -> None:
    rule = PREFIX[language] + path
    view, methods = (_contact, ["GET", "POST"]) if page == "contact" else (_show, ["GET"])
    defaults = {"language": language, "page": page}
    app.add_url_rule(rule, f"{language}.{page}", view, methods=methods, defaults=defaults)
    if page == "viewer":
        app.add_url_rule(f"{rule}<station>/", f"{language}.station", _show, defaults=defaults)


def _show(language: str, page: str, **_: str) -> str:
    g.language, g.page = language, page
    if page == "strict":
        g.csp_nonce = secrets.token_urlsafe(16)
    return render_template(f"{page}.html")


def _contact(language: str, page: str) -> str | WerkzeugResponse | tuple[str, int]:
    g.language, g.page = language, page
    if request.method == "GET":
        return render_template("contact.html")
    g.missing = missing_fields(request.form)
    if g.missing:
        return render_template("contact.html"), 422
    return redirect(url_for(f"{language}.thanks"), code=303)


def _variables(content: dict[str, dict], platform: str, site_key: str) -> dict[str, object]:
    """What every template may use; an unknown address is answered in the language of its prefix."""
    language = g.get("language") or ("en" if request.path.startswith("/en/") else "ja")
    page = g.get("page", "home")
    return {
        "lang": language,
        "page": page,
        "other": "en" if language == "ja" else "ja",
        "c": content[language],
        "platform": platform,
        "site_key": site_key,
        "nonce": g.get("csp_nonce"),
        "missing": g.get("missing", []),
        "to": lambda name, in_language=language: url_for(f"{in_language}.{name}"),
    }


def strict_policy(nonce: str, platform: str) -> str:
    """The strictest policy that a page with the banner can have: one nonce and the platform's origin."""
    parts = urlsplit(platform)
    origin = f"{parts.scheme}://{parts.netloc}"
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' {origin}; style-src 'nonce-{nonce}'; "
        f"connect-src {origin}; img-src 'self'; form-action 'self' {origin}; base-uri 'none'; frame-ancestors 'none'"
    )
