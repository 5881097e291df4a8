"""The web UI for owners, editors and auditors: pages that call the verbs of the rooms below."""

from consent.admin import account, arriving, home, shell, signing_in

init_app = shell.init_app
__all__ = ["account", "arriving", "home", "init_app", "signing_in"]
