"""The settings table: every setting once, with its default and its help.

`consent config` prints it, the README carries it, and a test holds the two together. A value comes from the environment
as CONSENT_<NAME>, or from the file named by CONSENT_<NAME>_FILE (the way orchestrators hand over secrets).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent  # the checkout: static/, templates/
IN_MEMORY = "memory://"  # each process counts by itself for its rate limits


class ConfigError(Exception):
    """One or more settings are missing or wrong. `problems` has a line for each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


def _text(value: str) -> str:
    return value


def _switch(value: str) -> bool:
    words = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
    if value.lower() not in words:
        raise ValueError("is neither on nor off")
    return words[value.lower()]


def _count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError("is below zero")
    return number


def _hours(value: str) -> int:
    number = int(value)
    if not 1 <= number <= 24:
        raise ValueError("is not between 1 and 24")
    return number


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        raise ValueError("is not a database URL") from None
    if backend not in ("sqlite", "postgresql"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return value


def _header_names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if len(names) > 2 or not all(re.fullmatch(r"[A-Za-z0-9-]{1,60}", name) for name in names):
        raise ValueError("must be the name of one header, or of two: country, subdivision")
    return names


_MAKE_KEY = "`openssl rand -hex 32` makes one"


def _secret_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    for key in keys:
        if len(key) < 32 or len(set(key)) < 8 or "change" in key.lower():
            raise ValueError(f"holds a key that is a placeholder or shorter than 32 characters; {_MAKE_KEY}")
    if not keys:
        raise ValueError(f"is empty; {_MAKE_KEY}")
    return keys


def _smtp_url(value: str) -> str:
    from consent.mail import server_of  # late: the command line starts faster without it

    server_of(value)
    return value


def _sender(value: str) -> str:
    from consent.mail import sender_of

    return sender_of(value)


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    if not secure or not parts.hostname or parts.query or parts.fragment or len(value) > 255:
        raise ValueError("must be an https:// address without a query")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError("must be an origin such as https://consent.example.co.jp")
    return f"{parts.scheme}://{parts.netloc}"


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return parse


def _limit(value: str) -> str:
    if value == "off":
        return value
    from limits import parse  # late: the command line starts faster without it

    parse(value)
    return value


def _has_port(value: str) -> bool:
    """Or none, which is one as well. Without the words of the error: what it takes for a port may be a piece of the password."""
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def _rate_limit_storage(value: str) -> str:
    if value == IN_MEMORY:
        return value
    if urlsplit(value).scheme not in ("redis", "rediss"):
        raise ValueError(f"must be {IN_MEMORY} or start with redis:// or rediss://")
    if not _has_port(value):
        raise ValueError("has no number for a port; in a password `/`, `?` and `#` are written %2F, %3F and %23")
    if find_spec("redis") is None:
        raise ValueError("needs the extra `redis`: pip install 'consent[redis]'")
    return value


@dataclass(frozen=True)
class Setting:
    name: str
    default: str | None  # None: the start is refused without it
    help: str
    parse: Callable[[str], Any] = _text
    secret: bool = False


SETTINGS = (
    Setting("SECRET_KEYS", None, "Keys that sign visitor tokens, comma separated. The first signs, all are accepted.", _secret_keys, secret=True),
    Setting("PUBLIC_URL", "http://127.0.0.1:8000", "Origin under which browsers reach the platform.", _public_url),
    Setting("DATA_DIR", "data", "Folder of the SQLite file and of what the platform writes."),
    Setting("DATABASE_URL", "", "`postgresql://…`, or `sqlite:///…`. Empty: `consent.sqlite` in the data folder.", lambda v: v and _database_url(v), secret=True),
    Setting("BIND", "127.0.0.1:8000", "Address that `consent serve` listens on."),
    Setting("WORKERS", "0", "Web processes on PostgreSQL; 0 chooses. SQLite always has one, because one process must write.", _count),
    Setting("THREADS", "16", "Threads of each web process.", _count),
    Setting("TRUSTED_PROXIES", "0", "How many proxies in front append to X-Forwarded-For. 0: the header is ignored.", _count),
    Setting("REGION_HEADER", "", "Header in which your proxy says where a visitor is (`US-CA`, or `JP`), or two: country, subdivision. Needs TRUSTED_PROXIES, and a proxy that overwrites it.", _header_names),
    Setting("GEOIP_FILE", "", "MaxMind database (.mmdb) of countries or cities on this machine, for sites with several law packs. Read at the start."),
    Setting("RATE_LIMIT_RECORDS", "60/minute", "Records and state requests of one address (of IPv6 one /64), or `off`.", _limit),
    Setting("RATE_LIMIT_STORAGE", IN_MEMORY, "`memory://` counts per process; `redis://…` counts once for all (extra `redis`); while it does not answer, each process counts by itself.", _rate_limit_storage, secret=True),
    Setting("ERASURE_HOURS", "24", "Visitors' requests for erasure are carried out together, once in so many hours (1 to 24).", _hours),
    Setting("SMTP_URL", "", "Mail server: `smtp://user:password@mail.example.co.jp:587` (STARTTLS, or `?tls=off` for one that has none) or `smtps://…`. Empty: no mail.", lambda v: v and _smtp_url(v), secret=True),
    Setting("MAIL_FROM", "", "Sender of mail: `Consent <noreply@example.co.jp>`.", lambda v: v and _sender(v)),
    Setting("OIDC_ISSUER", "", "Single sign-on: the provider's issuer, such as `https://login.example.co.jp` (extra `sso`). Empty: none.", lambda v: v and _issuer(v)),
    Setting("OIDC_CLIENT_ID", "", "This platform's name at the provider."),
    Setting("OIDC_CLIENT_SECRET", "", "Its secret there. Empty: a public client.", secret=True),
    Setting("OIDC_NAME", "", "What the button calls the provider."),
    Setting("METRICS", "off", "Serve /metrics. Keep it behind your proxy.", _switch),
    Setting("LOG_FORMAT", "json", "`json`, or `console` for people.", _one_of("json", "console")),
    Setting("LOG_LEVEL", "info", "`debug`, `info`, `warning` or `error`.", _one_of("debug", "info", "warning", "error")),
)  # fmt: skip


# The first says nothing without the second.
PAIRS = (("SMTP_URL", "MAIL_FROM"), ("OIDC_ISSUER", "OIDC_CLIENT_ID"))


@dataclass(frozen=True)
class Config:
    secret_keys: tuple[str, ...]
    public_url: str
    data_dir: Path
    database_url: str
    bind: str
    workers: int
    threads: int
    trusted_proxies: int
    region_header: tuple[str, ...]
    geoip_file: str
    rate_limit_records: str
    rate_limit_storage: str
    erasure_hours: int
    smtp_url: str
    mail_from: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    metrics: bool
    log_format: str
    log_level: str

    @property
    def on_sqlite(self) -> bool:
        return make_url(self.database_url).get_backend_name() == "sqlite"


def _raw(setting: Setting, environment: Mapping[str, str]) -> str | None:
    path = environment.get(f"CONSENT_{setting.name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return environment.get(f"CONSENT_{setting.name}", setting.default)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    """Raises ValueError with a phrase that completes "CONSENT_X …"."""
    try:
        raw = _raw(setting, environment)
    except OSError as error:
        raise ValueError(f"_FILE cannot be read: {error.strerror}") from None
    if raw is None:
        raise ValueError(f"is not set; {_MAKE_KEY}")  # the keys are the one setting without a default
    return setting.parse(raw)


def load(environment: Mapping[str, str] | None = None) -> Config:
    """Reads every setting; raises ConfigError with all problems at once, so that a start fails once and not five times."""
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    problems = []
    for setting in SETTINGS:
        try:
            values[setting.name.lower()] = _value(setting, source)
        except ValueError as error:
            problems.append(f"CONSENT_{setting.name} {error}")
    if values.get("region_header") and not values.get("trusted_proxies"):
        # Whoever reaches the platform directly could write the header themselves.
        problems.append("CONSENT_REGION_HEADER needs CONSENT_TRUSTED_PROXIES: without a proxy anybody can send it")
    problems += [f"CONSENT_{one} needs CONSENT_{other}" for one, other in PAIRS if _alone(values, one, other)]
    if problems:
        raise ConfigError(problems)
    values["data_dir"] = Path(values["data_dir"]).resolve()
    values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'consent.sqlite'}"
    return Config(**values)


def _alone(values: Mapping[str, Any], one: str, other: str) -> bool:
    return bool(values.get(one.lower())) and values.get(other.lower()) == ""


def as_markdown() -> str:
    """The settings table, as the README carries it."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in SETTINGS:
        default = "required" if setting.default is None else f"`{setting.default}`" if setting.default else "–"
        rows.append(f"| `CONSENT_{setting.name}` | {default} | {setting.help} |")
    return "\n".join(rows)
