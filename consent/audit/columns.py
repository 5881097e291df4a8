"""How each database writes the exported columns into a line.

The database itself builds each line of the export: a million rows then cross into Python as a million strings, not as
24 million values. Both dialects must write the same bytes; tests/audit holds them together.
"""

from collections.abc import Callable

from consent.audit.verify.columns import COLUMNS, FORMULA_STARTS, Column

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
