"""What a site is made of, in the form in which it is kept."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

from consent.errors import ConsentError

LONGEST_NAME = 200
MOST_ORIGINS = 100
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")
_PORTS = {"http": 80, "https": 443}


class SiteInvalid(ConsentError):
    """`field` and `reason` are for whoever says it in another language; `value` is what was typed."""

    status = 422
    code = "site_invalid"

    def __init__(self, detail: str, *, field: str, reason: str, value: str = ""):
        super().__init__(detail, errors={field: reason})
        self.field, self.reason, self.value = field, reason, value[:120]


def normal_name(text: str) -> str:
    """Raises SiteInvalid."""
    name = text.strip()
    if not name:
        raise SiteInvalid("A site needs a name.", field="name", reason="name_missing")
    if len(name) > LONGEST_NAME or any(unicodedata.category(character) == "Cc" for character in name):
        detail = f"The name of a site has at most {LONGEST_NAME} characters, in one line."
        raise SiteInvalid(detail, field="name", reason="name_long")
    return name


def typed_origins(text: str) -> list[str]:
    """As people type them: one on a line, with or without `https://`."""
    return [each if "://" in each else f"https://{each}" for each in text.replace(",", " ").split()]


def normal_origins(texts: Iterable[str]) -> list[str]:
    """Sorted, each once. Raises SiteInvalid."""
    found = sorted({normal_origin(text) for text in texts})
    if not found:
        raise SiteInvalid("A site needs at least one origin.", field="origins", reason="origins_missing")
    if len(found) > MOST_ORIGINS:
        detail = f"A site has at most {MOST_ORIGINS} origins."
        raise SiteInvalid(detail, field="origins", reason="origins_many")
    return found


def normal_origin(text: str) -> str:
    """`https://www.example.co.jp`, as a browser writes it in the Origin header. Raises SiteInvalid."""
    parts = _split(text)
    try:
        port = parts.port
    except ValueError:
        detail = f"{text!r} has no valid port."
        raise SiteInvalid(detail, field="origins", reason="origin_port", value=text) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise _no_origin(text)
    if parts.path.strip("/") or parts.query or parts.fragment:
        detail = f"{text!r} is not an origin: leave out what comes after the host."
        raise SiteInvalid(detail, field="origins", reason="origin_path", value=text)
    host = _host(parts.hostname, text)
    return f"{parts.scheme}://{host}" if port in (None, _PORTS[parts.scheme]) else f"{parts.scheme}://{host}:{port}"


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text.strip().lower())
    except ValueError:  # brackets that hold no IPv6 address
        raise _no_origin(text) from None


def _host(name: str, text: str) -> str:
    try:
        host = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        raise _no_origin(text) from None
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        raise _no_origin(text)
    return host


def _no_origin(text: str) -> SiteInvalid:
    detail = f"{text!r} is not an origin such as https://www.example.co.jp."
    return SiteInvalid(detail, field="origins", reason="origin_malformed", value=text)


def normal_domain(text: str | None) -> str | None:
    """None where there is none. Raises SiteInvalid."""
    domain = (text or "").strip().lower().removeprefix(".")
    if domain and not (len(domain) <= 253 and _DOMAIN.fullmatch(domain)):
        detail = f"{text!r} is not a domain such as example.co.jp."
        raise SiteInvalid(detail, field="cookie_domain", reason="domain_malformed", value=domain)
    if domain and is_public(domain):
        detail = f"Anybody can have a name below {domain}, so browsers take no cookie for it. Give your own."
        raise SiteInvalid(detail, field="cookie_domain", reason="domain_public", value=domain)
    return domain or None


def is_public(domain: str) -> bool:
    """A public suffix, as `co.jp` and `github.io` are: browsers take no cookie for it, and say nothing."""
    return _public_suffixes().is_public(domain)


@cache
def _public_suffixes() -> PublicSuffixList:
    """Read when it is first asked for: it takes a tenth of a second."""
    return PublicSuffixList()


def check_cookie_domain(domain: str | None, origins: Iterable[str], platform: str) -> None:
    """A browser takes a cookie for a domain only from hosts below it, and shows it to them alone. Raises SiteInvalid."""
    if domain is None:
        return
    for origin in [*origins, platform]:
        if not below(origin, domain):
            reason = "domain_platform" if origin == platform else "domain_outside"
            detail = f"The cookie domain {domain} does not cover {origin}."
            raise SiteInvalid(detail, field="cookie_domain", reason=reason, value=origin)


def below(origin: str, domain: str) -> bool:
    return f".{urlsplit(origin).hostname}".endswith(f".{domain}")
