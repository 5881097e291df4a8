"""The web UI for owners, editors and auditors: pages that call the verbs of the rooms below."""

from consent.admin import account, arriving, evidence, evidence_record, exporting, home, sampling, shell, signing_in

init_app = shell.init_app
__all__ = [
    "account",
    "arriving",
    "evidence",
    "evidence_record",
    "exporting",
    "home",
    "init_app",
    "sampling",
    "signing_in",
]
