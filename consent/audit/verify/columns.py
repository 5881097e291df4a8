"""The exported columns, named as in design and API."""

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
