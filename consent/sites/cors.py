"""Which pages may talk to the platform for a site: the ones on its registered origins, and nobody else."""

from flask import Request, Response

from consent.errors import ConsentError
from consent.sites.registry import Site


class OriginUnknown(ConsentError):
    status = 403
    code = "origin_unknown"


def check_origin(site: Site, request: Request) -> str:
    """The registered origin that sent this request, checked before the body is read. Raises OriginUnknown."""
    origin = request.headers.get("Origin")
    if origin is None:
        raise OriginUnknown("The request has no Origin header. A server needs an API token: Authorization: Bearer …")
    if origin not in site.origins:
        raise OriginUnknown(f"The origin {origin!r} is not registered for the site {site.key!r}. Its owner can add it.")
    return origin


def allow(response: Response, site: Site, request: Request) -> Response:
    """Lets the page read the answer, also where it is an error, so that its developer sees why.

    Credentials are allowed only where the platform is same-site with the site and sets its cookie by HTTP.
    """
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in site.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if site.cookie_domain:
            response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
