"""When records came in."""

from sqlalchemy import Connection, func, select

from consent.records.models import record_table


def last_received_ms(connection: Connection, site_id: int) -> int | None:
    """Of a site; None where nobody has decided yet."""
    latest = select(func.max(record_table.c.received_ms)).where(record_table.c.site_id == site_id)
    found: int | None = connection.execute(latest).scalar_one()
    return found
