"""What is kept of the browser: a truncated address and two coarse words. Never the address, never the user agent."""

import ipaddress
import re

# In this order: Edge and Opera also say Chrome, Chrome also says Safari.
_FAMILIES = (
    ("edge", re.compile(r"\bEdgA?/|\bEdgiOS/")),
    ("opera", re.compile(r"\bOPR/")),
    ("samsung", re.compile(r"\bSamsungBrowser/")),
    ("firefox", re.compile(r"\bFirefox/|\bFxiOS/")),
    ("chrome", re.compile(r"\bChrome/|\bCriOS/|\bHeadlessChrome/")),
    ("safari", re.compile(r"\bVersion/[\d.]+.*\bSafari/")),
)


def ip_prefix(address: str | None) -> str | None:
    """/24 of an IPv4 address, /48 of an IPv6 one; None for what is not an address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"{parsed.exploded.rpartition('.')[0]}.0/24"
    return str(ipaddress.ip_network((parsed, 48), strict=False))


def browser_family(user_agent: str) -> str:
    return next((family for family, pattern in _FAMILIES if pattern.search(user_agent)), "other")


def device_class(user_agent: str) -> str:
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    return "phone" if "Mobile" in user_agent or "iPhone" in user_agent else "desktop"
