"""The consent log of a site and a period as CSV or JSON lines, streamed in the order of arrival.

Memory stays constant whatever the length. A broken export goes on after the last complete line: its record id is the cursor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, select

from consent.audit.columns import LINES, csv_header
from consent.clock import to_ms, wire
from consent.db import db
from consent.errors import ConsentError
from consent.records.models import record_table
from consent.sites import Site

BOM = "\ufeff"
_ROWS_AT_ONCE = 500
_SMALL_CACHE = -2048  # KiB
_WHERE = """
FROM consent_record
WHERE site_id = :site_id AND received_ms >= :since AND received_ms < :until AND (received_ms, id) > (:after_ms, :after_id)
ORDER BY received_ms, id
"""


class CursorUnknown(ConsentError):
    status = 422
    code = "cursor_unknown"

    def __init__(self) -> None:
        super().__init__("The site has no record with the id given as `after`.")


@dataclass(frozen=True)
class Selection:
    """`since` is included, `until` is not. `after`: only what comes after the record with this id."""

    site: Site
    format: str  # csv or jsonl
    since: datetime
    until: datetime
    after: str | None = None
    bom: bool = False


def told(selection: Selection) -> dict[str, str]:
    """What the log hears of it."""
    first, last = (wire(to_ms(moment)) for moment in (selection.since, selection.until))
    return {"format": selection.format, "first": first, "last": last}


def check(connection: Connection, selection: Selection) -> None:
    """Whether it can begin: what is refused is not noted as taken. Raises CursorUnknown."""
    if selection.after is not None:
        _position(connection, selection)


def stream(connection: Connection, selection: Selection) -> Iterator[bytes]:
    """UTF-8 chunks of whole lines. Raises CursorUnknown before the first chunk."""
    parameters = _parameters(connection, selection)
    lines = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    return chain(_head(selection), lines(connection, selection.format, parameters))


def chunks(selection: Selection) -> Iterator[bytes]:
    """`stream` for an answer over HTTP: the connection is opened now, because later there is no application any more.

    So a wrong cursor is a 422, too; the connection is closed after the last chunk. Raises CursorUnknown.
    """
    connection = db.engine.connect()
    try:
        streamed = stream(connection, selection)
    except BaseException:
        connection.close()
        raise
    return _closing(connection, streamed)


def _closing(connection: Connection, streamed: Iterator[bytes]) -> Iterator[bytes]:
    with connection:
        yield from streamed


def _parameters(connection: Connection, selection: Selection) -> dict[str, Any]:
    after_ms, after_id = (-1, -1) if selection.after is None else _position(connection, selection)
    return {
        "site_key": selection.site.key,
        "site_id": selection.site.id,
        "since": to_ms(selection.since),
        "until": to_ms(selection.until),
        "after_ms": after_ms,
        "after_id": after_id,
    }


def _position(connection: Connection, selection: Selection) -> tuple[int, int]:
    found = connection.execute(
        select(record_table.c.received_ms, record_table.c.id).where(
            record_table.c.record_id == selection.after, record_table.c.site_id == selection.site.id
        )
    ).one_or_none()
    if found is None:
        raise CursorUnknown
    return found.received_ms, found.id


def _head(selection: Selection) -> Iterator[bytes]:
    if selection.bom:
        yield BOM.encode()
    if selection.format == "csv" and selection.after is None:
        yield f"{csv_header()}\n".encode()


def _sqlite(connection: Connection, form: str, parameters: dict[str, Any]) -> Iterator[bytes]:
    statement = f"/* audit.export */ SELECT {LINES[form]('sqlite')} {_WHERE}"
    # Every page is read once, so a large cache keeps what nobody asks for again.
    (usual,) = connection.exec_driver_sql("PRAGMA cache_size").one()
    connection.exec_driver_sql(f"PRAGMA cache_size={_SMALL_CACHE}")
    try:
        result: Any = connection.exec_driver_sql(statement, parameters)
        cursor = result.cursor
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield "".join([f"{row[0]}\n" for row in rows]).encode()
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def _postgresql(connection: Connection, form: str, parameters: dict[str, Any]) -> Iterator[bytes]:
    from psycopg import sql  # 9 MB that SQLite does not need

    # Control characters are refused when a record comes in, so with these two as quote and delimiter COPY never quotes:
    # the lines come out as the query has written them.
    query = f"SELECT {LINES[form]('postgresql')} {_WHERE}"
    copy = f"/* audit.export */ COPY ({query}) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
    driver: Any = connection.connection.driver_connection
    for name, value in parameters.items():  # COPY takes no parameters
        copy = copy.replace(f":{name}", sql.Literal(value).as_string(driver))
    with driver.transaction(), driver.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        with cursor.copy(copy) as lines:
            yield from _in_larger_chunks(bytes(line) for line in lines)


def _in_larger_chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    while several := list(islice(lines, _ROWS_AT_ONCE)):
        yield b"".join(several)
