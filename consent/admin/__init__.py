"""The web UI for owners, editors and auditors: pages that call the verbs of the rooms below."""

from consent.admin import (
    account,
    arriving,
    home,
    policy,
    policy_check,
    policy_forms,
    policy_preview,
    policy_services,
    policy_source,
    policy_texts,
    shell,
    signing_in,
)

init_app = shell.init_app
__all__ = [
    "account",
    "arriving",
    "home",
    "init_app",
    "policy",
    "policy_check",
    "policy_forms",
    "policy_preview",
    "policy_services",
    "policy_source",
    "policy_texts",
    "signing_in",
]
