"""Pages with the banner in a sandboxed frame, and the page in that frame."""

import secrets

from flask import Response, render_template

from consent.banner.framed import Framed
from consent.security import PAGE_POLICY

POLICY = "Content-Security-Policy"


def holding(page: Response) -> Response:
    """The same page, which may hold a frame of ours."""
    page.headers[POLICY] = f"{PAGE_POLICY}; frame-src 'self'"
    return page


def answer(shown: Framed) -> Response:
    nonce = secrets.token_urlsafe(16)
    html = render_template("admin/banner_frame.html", shown=shown, nonce=nonce)
    return Response(html, headers={POLICY: shown.policy(nonce), "Cache-Control": "private, no-store"})
