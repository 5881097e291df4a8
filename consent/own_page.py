"""Which forms count: the ones sent from our own page. Another site must not decide for a visitor (CSRF)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from consent.errors import ConsentError


class FormForeign(ConsentError):
    status = 403
    code = "form_foreign"

    def __init__(self) -> None:
        super().__init__("This form must be sent from its own page. Nothing was stored.")


def check(headers: Headers, own_origins: Collection[str]) -> None:
    """Raises FormForeign, also where nothing says who has sent the form.

    No page can write these headers. Sec-Fetch-Site rules where it is there; browsers leave it out towards a platform
    on plain http, and old ones know only Origin or Referer.
    """
    fetched_from = headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        ours = fetched_from == "same-origin"
    else:
        ours = (headers.get("Origin") or _origin_of(headers.get("Referer", ""))) in own_origins
    if not ours:
        raise FormForeign


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
