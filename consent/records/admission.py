"""Who may speak for a visitor: the pages of the site, by their origin, and the site's own server, by its token."""

from flask import Request, Response, request

from consent.accounts import guard
from consent.db import OUTAGES
from consent.records import keeping
from consent.sites import Site, SiteUnknown, cors
from consent.sites.lookup import by_key


def asked() -> Request:
    """The request itself, not its proxy: each look through the proxy costs a microsecond, and a record takes thirty."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def admit(site: Site, asked: Request) -> None:
    """Before the body is read. Raises OriginUnknown, RateLimited, or what a token is refused with."""
    if guard.bearer(asked) is not None:
        guard.require(asked, role="site", site_id=site.id)
        return
    cors.check_origin(site, asked)
    keeping.limit().hit()


def allow_origin(response: Response) -> Response:
    """For `after_request`: the page may read the answer."""
    this = asked()
    site_key = (this.view_args or {}).get("site_key")
    try:
        return cors.allow(response, by_key(site_key), this) if site_key else response
    except (SiteUnknown, *OUTAGES):  # nobody to ask whether the page may read this answer, so it may not
        response.vary.add("Origin")
        return response
