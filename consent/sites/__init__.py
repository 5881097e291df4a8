"""A web property: its public key, its origins."""

from consent.sites.registry import Site, SiteInvalid, SiteUnknown, by_id, create, everyone, find, set_origins

__all__ = ["Site", "SiteInvalid", "SiteUnknown", "by_id", "create", "everyone", "find", "set_origins"]
