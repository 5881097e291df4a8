"""A web property: its public key, its origins."""

from consent.sites.registry import Site, SiteUnknown, by_id, create, everyone, find, set_origins
from consent.sites.values import SiteInvalid

__all__ = ["Site", "SiteInvalid", "SiteUnknown", "by_id", "create", "everyone", "find", "set_origins"]
