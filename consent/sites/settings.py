"""Changing a site's settings. Whoever has read older ones is told, instead of overwriting the newer."""

from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from consent.errors import ConsentError
from consent.merkle.canonical import canonical_bytes, digest
from consent.sites.models import site_table
from consent.sites.registry import Site, by_id
from consent.sites.values import normal_domain, normal_name, normal_origins


class SiteChanged(ConsentError):
    """Somebody else saved in between. Nothing was changed."""

    status = 409
    code = "site_changed"

    def __init__(self) -> None:
        super().__init__("The settings were changed meanwhile. Look at what they are now, then save again.")


def settings_of(site: Site) -> dict[str, Any]:
    return {"name": site.name, "origins": sorted(site.origins), "cookie_domain": site.cookie_domain}


def edition(site: Site) -> str:
    """Names the settings that somebody has read: equal settings have equal editions."""
    return digest(canonical_bytes(settings_of(site)))[:32]


def change(
    connection: Connection, site_id: int, *, read: str, name: str, origins: list[str], cookie_domain: str | None
) -> dict[str, Any]:
    """`read`: the edition that they had before them. Returns what has changed, with its new values.

    Raises SiteInvalid, SiteChanged.
    """
    wanted = {
        "name": normal_name(name),
        "origins": normal_origins(origins),
        "cookie_domain": normal_domain(cookie_domain),
    }
    # Locked, so that two who save at the same moment on PostgreSQL do not both find the edition that they have read.
    connection.execute(select(site_table.c.id).where(site_table.c.id == site_id).with_for_update())
    site = by_id(connection, site_id)
    if site is None or edition(site) != read:
        raise SiteChanged
    changed = {key: value for key, value in wanted.items() if value != settings_of(site)[key]}
    if changed:
        row = {**wanted, "origins": orjson.dumps(wanted["origins"]).decode()}
        connection.execute(update(site_table).where(site_table.c.id == site_id).values(row))
    return changed


def require_review(connection: Connection, site_id: int, *, needed: bool) -> bool:
    """Whether publishing needs a second person. False where it was so already."""
    other = (site_table.c.id == site_id) & (site_table.c.needs_review != needed)
    return connection.execute(update(site_table).where(other).values(needs_review=needed)).rowcount == 1


def needs_review(connection: Connection, site_id: int) -> bool:
    found = connection.execute(select(site_table.c.needs_review).where(site_table.c.id == site_id)).scalar_one_or_none()
    return bool(found)
