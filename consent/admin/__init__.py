"""The web UI for owners, editors and auditors: pages that call the verbs of the rooms below."""

from consent.admin import (
    account,
    api_tokens,
    arriving,
    evidence,
    evidence_record,
    exporting,
    home,
    install,
    people,
    sampling,
    settings,
    shell,
    signing_in,
    site_deeds,
    sites,
)

init_app = shell.init_app
__all__ = [
    "account",
    "api_tokens",
    "arriving",
    "evidence",
    "evidence_record",
    "exporting",
    "home",
    "init_app",
    "install",
    "people",
    "sampling",
    "settings",
    "signing_in",
    "site_deeds",
    "sites",
]
