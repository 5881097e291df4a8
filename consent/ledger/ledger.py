"""The parts of the log that hold secrets or files, made once for an application."""

from dataclasses import dataclass

from flask import Flask, current_app

from consent.config import Config
from consent.ledger.guard import Guard
from consent.ledger.keys import Keyring
from consent.ledger.pressure import Pressure
from consent.ledger.publisher import Publisher


@dataclass(frozen=True)
class Ledger:
    keyring: Keyring
    guard: Guard
    publisher: Publisher
    pressure: Pressure


def init_app(app: Flask, config: Config) -> None:
    keyring = Keyring(config.secret_keys)
    guard = Guard(config.data_dir / "ledger-guard")
    app.extensions["consent.ledger"] = Ledger(keyring, guard, Publisher(guard, keyring), Pressure())


def ledger() -> Ledger:
    found: Ledger = current_app.extensions["consent.ledger"]
    return found
