"""The exported columns, named as in design and API, and how each database writes one of them into a line.

The database itself builds each line of the export: a million rows then cross into Python as a million strings, not as
24 million values. Both dialects must write the same bytes; tests/audit holds them together.
"""

from collections.abc import Callable
from dataclasses import dataclass

FORMULA_STARTS = "=+-@＝＋－＠"  # the full-width ones start a formula in a Japanese Excel


@dataclass(frozen=True)
class Column:
    name: str
    source: str
    kind: str  # word: needs no quotes anywhere · free: anything · json · flag · time


COLUMNS = (
    Column("record_id", "record_id", "word"),
    Column("site", ":site_key", "word"),
    Column("visitor_id", "visitor_id", "word"),
    Column("decision", "decision", "word"),
    Column("source", "source", "word"),
    Column("categories", "categories", "json"),
    Column("services", "services", "json"),
    Column("policy_version", "policy_version", "word"),
    Column("script", "script", "word"),
    Column("language", "language", "word"),
    Column("page_path", "page_path", "free"),
    Column("gpc", "gpc", "flag"),
    Column("region", "region", "word"),
    Column("region_source", "region_source", "word"),
    Column("legal_model", "legal_model", "word"),
    Column("client_time", "client_ms", "time"),
    Column("received_time", "received_ms", "time"),
    Column("expires_at", "expires_ms", "time"),
    Column("ip_prefix", "ip_prefix", "word"),
    Column("browser_family", "browser_family", "word"),
    Column("device_class", "device_class", "word"),
    Column("previous_record_id", "previous_record_id", "word"),
)

_TIME = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000, 'unixepoch') || printf('.%03dZ', {0} % 1000)",
    "postgresql": (
        "to_char(to_timestamp({0} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '.' || "
        "lpad(({0} % 1000)::text, 3, '0') || 'Z'"
    ),
}
_QUOTED = {"sqlite": "json_quote({0})", "postgresql": "to_json({0})::text"}
_FLAG = "CASE WHEN {0} THEN 'true' ELSE 'false' END"


def _csv_free(source: str) -> str:
    """Text that anybody may have written: an apostrophe disarms a formula, quotes where the comma asks for them."""
    starts = "', '".join(FORMULA_STARTS)
    harmless = f"CASE WHEN substr({source}, 1, 1) IN ('{starts}') THEN '''' || {source} ELSE {source} END"
    quoted = f"""'"' || replace({harmless}, '"', '""') || '"'"""
    return f"""CASE WHEN {source} LIKE '%,%' OR {source} LIKE '%"%' THEN {quoted} ELSE {harmless} END"""


def _csv_field(column: Column, dialect: str) -> str:
    written = {
        "word": column.source,
        "free": _csv_free(column.source),
        "json": f"""'"' || replace({column.source}, '"', '""') || '"'""",
        "flag": _FLAG.format(column.source),
        "time": _TIME[dialect].format(column.source),
    }[column.kind]
    return f"coalesce({written}, '')"


def _json_field(column: Column, dialect: str) -> str:
    written = {
        "word": f"""'"' || {column.source} || '"'""",
        "free": _QUOTED[dialect].format(column.source),
        "json": column.source,
        "flag": _FLAG.format(column.source),
        "time": f"""'"' || {_TIME[dialect].format(column.source)} || '"'""",
    }[column.kind]
    # SQLite quotes NULL as 'null' by itself, PostgreSQL gives NULL: coalesce makes them one.
    return f"""'"{column.name}":' || coalesce({written}, 'null')"""


def csv_line(dialect: str) -> str:
    return " || ',' || ".join(_csv_field(column, dialect) for column in COLUMNS)


def json_line(dialect: str) -> str:
    return "'{' || " + " || ',' || ".join(_json_field(column, dialect) for column in COLUMNS) + " || '}'"


def csv_header() -> str:
    return ",".join(column.name for column in COLUMNS)


LINES: dict[str, Callable[[str], str]] = {"csv": csv_line, "jsonl": json_line}
